import { mail, page } from './mail.ts';

/** Markup, encodings and mixed languages. */
export const tricks = [
  page('arrears', 'Account notice', `<p>Your invoice is over<span></span>due, please pay.</p>`),
  page('low_balance', '账户消息', `<p>您的账户余<b>额</b>不<font color=red>足</font>，请留意。</p>`),
  page('expiry', 'Notice', `<p>Your&nbsp;domain&nbsp;will&nbsp;expire&nbsp;on&nbsp;1&nbsp;December.</p>`),
  page('arrears', '通知', `<p>&#24744;&#30340;&#36134;&#25143;&#24050;&#27424;&#36153;</p>`),
  page('suspension', 'Notice', `<p>Your ac\u200bcount has been sus\u00adpended.</p>`),
  mail('low_balance', '【提醒】余 额 不 足', `请 留 意 您 的 账 户`),
  mail('low_balance', 'ＬＯＷ　ＢＡＬＡＮＣＥ　ＡＬＥＲＴ', `Ｙｏｕｒ　ｂａｌａｎｃｅ　ｉｓ　ｌｏｗ`),
  mail('arrears', '欠费通知 Overdue notice', `您的账户已欠费。Your account is past due.`),
  mail('renewal', 'Renewal notice 续费通知', `Your plan renews on Dec 1. 您的套餐将于12月1日续费。`),
  mail('arrears', '欠费提醒', `您的账号已欠费，请处理。`, { charset: 'gb18030' }),
  mail('arrears', '欠費提醒', `您的帳號已欠費，請處理。`, { charset: 'big5' }),
  mail('low_balance', '余额不足', `账户余额不足`, { charset: 'gbk', encoding: '8bit' }),
  mail('expiry', 'Café licence', `Votre mailbox: your licence will expire tomorrow. Naïve façade.`, {
    charset: 'iso-8859-1',
    encoding: 'quoted-printable',
  }),
  mail('bill', 'Facture', `Invoice 99 is ready. Amount due: 20,00 €, due date 12 December.`, {
    charset: 'windows-1252',
    encoding: '8bit',
  }),
  mail('arrears', 'Invoice overdue', `Your invoice is overdue`, { charset: 'x-made-up' }),
  page(
    'none',
    'Hello',
    `<!-- your account has been suspended --><script>var s="overdue invoice"</script><p>Hello there</p>`,
  ),
  page('none', 'Hello', `<p>Nothing to see</p><div style="display:none">Your invoice is overdue</div>`),
  page(
    'arrears',
    'Hello',
    `<div style="display:none">Your invoice is overdue</div><p>Log in to see more</p>`,
  ),
  page(
    'none',
    'Notes',
    `<p title="balance low">See the attached picture.</p><img alt="account suspended" src="x.png">`,
  ),
  page(
    'none',
    'Re: question',
    `<p>Thanks, all fine now.</p><div class="gmail_quote">On Tue, Billing wrote:<blockquote>Your account has been suspended</blockquote></div>`,
  ),
  mail(
    'none',
    'desktop updates',
    `The laptop updates and the shop update are done; stop-ups of the pump too.`,
  ),
];
