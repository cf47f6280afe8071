/**
 * Traditional characters that words about billing are written with, each before the simplified one that the terms
 * use. A small table on purpose: terms and their vetoes are all that is ever compared, so others may stay.
 */
const pairs = `
  費费 餘余 額额 帳账 賬账 戶户 單单 續续 繳缴 儲储 過过 務务 將将 請请 盡尽 儘尽 時时 內内 發发 應应 項项 動动 關关 閉闭
  機机 凍冻 結结 終终 訂订 閱阅 網网 證证 書书 號号 點点 數数 資资 產产 實实 體体 雲云 屆届 滿满 優优 贈赠 選选 為为 無无
  沒没 會会 與与 從从 還还 這这 後后 開开 電电 郵邮 確确 認认 設设 預预 測测 試试 報报 導导 級级 維维 護护 類类 購购 買买
  賣卖 禮礼 個个 幾几 歡欢 謝谢 銀银 週周 願愿 釋释 銷销 毀毁 刪删 檔档 備备 敗败 歷历 廣广 減减 損损 響响 聯联 繫系 係系
  讓让 於于 當当 貴贵 們们 來来 對对 補补 價价 錢钱 計计 詢询 據据 許许 領领 獲获 勵励 專专 屬属 業业 協协 議议 階阶 區区
  際际 國国 話话 語语 碼码 鏈链 連连 線线 繼继 啟启 復复 複复 換换 權权 責责 約约 簽签 變变 異异 審审 處处 險险 擔担 總总
  匯汇 帶带 頻频 寬宽 達达 僅仅 剛刚 爾尔 尋寻 訊讯 館馆 術术 雜杂 誌志 徵征 職职 場场 員员 門门 學学 習习 課课 車车 飛飞
  歸归 轉转 託托 遲迟 違违 罰罚 滯滞 納纳 給给 標标 準准 擇择 擴扩 張张 載载 邊边 閒闲 訪访 問问 題题 輸输 驗验 傳传 輯辑
  誤误 調调 顯显 稅税 貨货 幣币 圓圆 塊块 庫库 斷断 鎖锁 離离 條条 積积 鐘钟 鍾钟 夠够 較较 緊紧 憑凭 劃划 質质 現现 進进
  狀状 絕绝 債债 閾阈 萬万 馬马 贖赎 臨临 煩烦 爐炉 參参 棄弃 鳥鸟 錄录 採采 錯错 財财 簡简 欄栏 乾干 幹干 師师 紀纪 團团
  績绩 檢检 樣样 談谈 踐践 規规 則则 紹绍 隱隐 構构 遞递 鍵键 義义 擊击 鉅钜 雙双 襲袭 盜盗 圖图 藥药 緩缓 頭头 寫写 錫锡
  謹谨 決决 況况 鋪铺 誠诚 崗岗 討讨 論论 訓训 練练 講讲 壇坛 龍龙 遷迁 並并 順顺 頒颁 態态 獎奖 評评 親亲 愛爱 養养 頁页
  寶宝 億亿 隻只 祇只 裡里 裏里 臺台 詞词 綁绑 莊庄 華华 極极 罷罢 顧顾 葉叶 黃黄 畢毕 檻槛 槓杠 閣阁 闆板 啓启 羣群
`;

const simplified = new Map(
  pairs
    .trim()
    .split(/\s+/)
    .map((pair) => [pair.charAt(0), pair.charAt(1)]),
);

const traditional = new RegExp(`[${[...simplified.keys()].join('')}]`, 'g');

/** Writes the characters of the table in their simplified form and leaves all others alone. */
export function toSimplified(text: string): string {
  return text.replace(traditional, (character) => simplified.get(character) ?? character);
}
