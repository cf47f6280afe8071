/**
 * Traditional characters that words about billing are written with, and the simplified ones that the terms use.
 * A small table on purpose: terms and their vetoes are all that is ever compared, so other characters may stay.
 */

const pairs =
  '費费餘余額额帳账賬账戶户單单續续繳缴儲储過过務务將将請请盡尽儘尽時时內内發发應应項项動动關关閉闭機机凍冻結结' +
  '終终訂订閱阅網网證证書书號号點点數数資资餐餐產产實实體体雲云屆届滿满優优贈赠選选為为無无沒没會会與与從从還还' +
  '這这後后開开電电郵邮確确認认設设預预測测試试報报導导級级維维護护類类購购買买賣卖禮礼個个幾几歡欢謝谢銀银週周' +
  '願愿釋释銷销毀毁刪删檔档備备敗败歷历廣广減减損损響响聯联繫系係系讓让於于當当貴贵們们來来對对補补價价錢钱計计' +
  '詢询據据許许領领獲获勵励專专屬属業业協协議议階阶區区域域際际國国話话語语碼码鏈链連连線线繼继停停務务啟启復复' +
  '恢恢複复換换權权責责任任約约簽签變变異异審审處处理理險险擔担總总匯汇帶带頻频寬宽達达僅仅剛刚爾尔尋寻訊讯館馆' +
  '術术雜杂誌志徵征聘聘職职場场員员門门學学習习課课車车飛飞歸归轉转帳账託托遲迟違违約约罰罚滯滞納纳給给標标準准' +
  '擇择擴扩張张載载邊边滿满閒闲訪访問问題题載载輸输測测驗验傳传輯辑誤误調调試试顯显示示稅税貨货幣币額额圓圆塊块';

const simplified = new Map<string, string>();
for (let index = 0; index + 1 < pairs.length; index += 2) {
  const traditional = pairs.charAt(index);
  const plain = pairs.charAt(index + 1);
  if (traditional !== plain) simplified.set(traditional, plain);
}

/** Writes the characters of the table in their simplified form and leaves all others alone. */
export function toSimplified(text: string): string {
  return text.replace(/\p{Script=Han}/gu, (character) => simplified.get(character) ?? character);
}
