import { mail, page } from './mail.ts';

/** Mails that were written before the terms were tuned and never looked at while tuning. */
export const heldOut = [
  mail(
    'suspension',
    'Account Suspended – Immediate Attention Required',
    `Dear Valued Customer,

Due to non-payment, we have had to suspend services on account 55-2210. To reinstate service, remit the full amount of $742.18.

Sincerely,
Pinecrest Hosting`,
  ),
  mail(
    'suspension',
    'Your database cluster will be paused on Dec 1',
    `Hello,

We were unable to collect payment for cluster prod-eu. The cluster will be paused on December 1 and permanently deleted on December 31 unless the balance is paid.`,
  ),
  mail(
    'suspension',
    '[Action needed] Your Fernwood deployment has been stopped',
    `Your team exceeded its prepaid usage, so deployments have been halted. Add credit to resume.`,
  ),
  mail(
    'suspension',
    'Termination notice for VPS #2291',
    `This VPS will be terminated within 48 hours because it remains unpaid.`,
  ),
  mail(
    'suspension',
    'We have turned off your phone numbers',
    `Your outbound and inbound calling have been deactivated as the account ran out of prepaid funds.`,
  ),
  mail(
    'arrears',
    'Friendly nudge: INV-00981 is 7 days late',
    `Hi there, just a quick note that INV-00981 for $640.00 was due last week and we haven't seen the payment yet.`,
  ),
  mail(
    'arrears',
    'Card declined',
    `Hey, your card was declined when we tried to bill you for this month's Maple subscription ($20). Update it here to stay on the plan.`,
  ),
  mail(
    'arrears',
    'Unsuccessful payment',
    `The automatic payment scheduled for 21 Nov could not be completed. Amount: SGD 340.00. Reason: insufficient funds.`,
  ),
  mail(
    'arrears',
    'FINAL REMINDER - outstanding invoices',
    `According to our ledger the following invoices are still open and past their due date: 1001, 1007. Total outstanding: GBP 1,902.00`,
  ),
  mail(
    'arrears',
    'Problem billing your organization',
    `We had trouble billing your organization's credit card. We will try again in 2 days. Please review your billing information.`,
  ),
  mail(
    'arrears',
    'Your cloud bill is past due',
    `Your account ending 8831 has an unpaid balance of USD 77.31 for the October billing period.`,
  ),
  mail(
    'low_balance',
    'Low credit warning for Brightline',
    `Your Brightline account has 312 credits remaining. At your current rate of usage you will run out in about 4 hours.`,
  ),
  mail(
    'low_balance',
    'Alert: prepaid balance under $5',
    `Your balance is now $4.87. Top up to avoid failed requests.`,
  ),
  mail(
    'low_balance',
    '80% of your monthly token allowance used',
    `Workspace "search" has used 80% of its monthly token allowance.`,
  ),
  mail(
    'low_balance',
    "Don't get cut off: funds are almost gone",
    `There is $0.92 left in your account. That's less than a day of usage.`,
  ),
  mail(
    'arrears',
    'Auto top-up failed and your balance is low',
    `We tried to top up your balance automatically but it did not work. Your current balance of $1.04 will not last long.`,
  ),
  mail('low_balance', 'Credit exhausted', `All of the credit on your account has been consumed.`),
  mail(
    'expiry',
    'ACTION REQUIRED: Domain pinecrest.example will expire',
    `Dear registrant, the domain name pinecrest.example is going to expire on 2026-12-09. If it isn't renewed it may be lost.`,
  ),
  mail('expiry', 'Your Maple plan ends in 3 days', `Your current Maple plan is set to end on November 27th.`),
  mail(
    'expiry',
    'Expired: wildcard certificate',
    `The TLS certificate covering *.pinecrest.example expired at 00:00 UTC.`,
  ),
  mail(
    'expiry',
    'Your savings commitment is ending',
    `Your one-year compute commitment expires on December 14, 2026. After that date standard rates apply.`,
  ),
  mail(
    'expiry',
    'Payment method about to expire',
    `The credit card ending in 0021 will expire at the end of this month. Please add another one.`,
  ),
  mail(
    'bill',
    'Invoice 2026-11-0042 from Pinecrest Hosting',
    `Please find attached invoice 2026-11-0042.

Invoice total: EUR 118.81
Payment terms: net 14 days
Due date: 8 December 2026`,
  ),
  mail(
    'bill',
    'Your November bill',
    `Your bill for service period Nov 1 - Nov 30 is $88.12. Please pay by Dec 15.`,
  ),
  mail('bill', 'Upcoming payment due', `A payment of 1,200 USD is due on 30 Nov for contract C-88.`),
  mail(
    'bill',
    'You have a new invoice',
    `Fernwood has sent you an invoice for $410.00. Pay online before December 4.`,
  ),
  mail(
    'renewal',
    'Your Brightline subscription renews soon',
    `Just letting you know that your subscription renews on Dec 3. Your card will be charged $99.`,
  ),
  mail(
    'renewal',
    'Annual renewal: 25 Maple seats',
    `Your contract is up for renewal on January 1. Your account manager will send a quote.`,
  ),
  mail(
    'renewal',
    'Notice of automatic renewal',
    `This is a notice that your agreement will automatically renew for 12 months on 15 December 2026.`,
  ),
  mail(
    'top_up',
    'Reminder to add credit',
    `Your account needs more credit before the next job can start. Please add credit.`,
  ),
  mail(
    'top_up',
    'Kindly recharge your voice account',
    `Please recharge at your earliest convenience so that calls can be made tomorrow.`,
  ),
  // Harmless.
  mail(
    'none',
    'Thank you for your payment',
    `This email confirms your payment of $742.18. Account 55-2210 is up to date.`,
  ),
  mail(
    'none',
    'Invoice paid: 2026-11-0042',
    `The invoice below was paid on 24 Nov 2026. Total: EUR 118.81. Balance: EUR 0.00.`,
  ),
  mail(
    'none',
    'Your receipt from Maple',
    `Amount paid $20.00. Date paid Nov 21, 2026. Payment method Visa - 0021. If you have questions, contact us.`,
  ),
  mail(
    'none',
    'Payment method updated',
    `The card for your Maple plan has been changed to Visa 8812. Future invoices will be charged to it.`,
  ),
  mail(
    'none',
    'Credits added to your account',
    `2,000 credits were added to your Brightline account. You now have 2,312 credits.`,
  ),
  mail(
    'none',
    'Domain renewed successfully',
    `pinecrest.example has been renewed for 1 year. New expiration date: 9 December 2027.`,
  ),
  mail(
    'none',
    'Cyber Monday: 40% off all annual plans',
    `Upgrade before the deal expires! Your price will never be lower. Renew early and lock it in.`,
  ),
  mail(
    'none',
    'Your free coffee reward is expiring',
    `Use your 50 reward points before they expire on Sunday.`,
  ),
  mail(
    'none',
    'Podcast: are unpaid internships legal?',
    `This week we talk about overdue reforms and the outstanding work of volunteers.`,
  ),
  mail(
    'none',
    'Library notice',
    `The book "Distributed Systems" is overdue. Please return it to the front desk.`,
  ),
  mail(
    'none',
    'Security advisory: token expiry bug',
    `A bug let tokens stay valid after they expired. Upgrade to 2.3.1. Accounts are not suspended by this.`,
  ),
  mail(
    'none',
    'Scheduled maintenance Dec 2',
    `Payments cannot be processed between 02:00 and 03:00 UTC. No customer action is required.`,
  ),
  mail(
    'none',
    'Your trip: ferry service suspended',
    `Ferry services between the islands are suspended due to strong winds.`,
  ),
  mail(
    'none',
    'Kernel mailing list digest',
    `[PATCH] PM: suspend: fix device resume order\n[PATCH] drop expired timers\n[RFC] load balance when idle is low`,
  ),
  mail(
    'none',
    'Approved: expense report',
    `Your expense report was approved. Payment will be made with the next payroll.`,
  ),
  mail(
    'none',
    'API changelog',
    `invoice.payment_failed and subscription.expired webhooks now contain the plan id. The balance endpoint returns low_balance: true.`,
  ),
  mail(
    'none',
    'Your support ticket',
    `You asked what happens when an account is past due: services are suspended after 15 days. Yours is in good standing.`,
  ),
  mail(
    'none',
    'We updated our Terms of Service',
    `Section 4 now explains when accounts may be suspended or terminated, and that subscriptions renew automatically unless cancelled.`,
  ),
  mail('none', 'Meeting invitation declined', `Alex has declined the invitation "Budget review".`),
  mail(
    'none',
    'Sale: balance bikes for kids',
    `Low prices on balance bikes. Pay in 3 instalments, no interest.`,
  ),
  mail(
    'none',
    'Your cancellation is confirmed',
    `Your subscription was cancelled as you asked. It will not renew and you will not be charged.`,
  ),
  mail(
    'none',
    'Newsletter: cloud cost tips',
    `Tip 1: watch credits that expire. Tip 2: pay invoices before they are overdue. Tip 3: top up in larger amounts.`,
  ),
  mail(
    'none',
    'No payment due this month',
    `You have a credit of $12.00, so no payment is due for November.`,
  ),
  mail('none', 'Dispute closed', `The chargeback was resolved in your favor. No outstanding amount remains.`),
  page(
    'none',
    'Photos from the offsite',
    `<style>@media{.past-due{}.suspended{}}</style><p>Here they are!</p>`,
  ),
  mail(
    'none',
    'Fwd: team lunch',
    `---------- Forwarded message ---------\nFrom: Kim\nLunch is at 12. Bring your badge, the old one expired.`,
  ),
  // Chinese.
  mail(
    'suspension',
    '关于暂停服务的通知',
    `尊敬的客户，因贵司账户逾期未付款，我们将于11月28日起暂停对贵司的接口服务。`,
  ),
  mail('suspension', '【蓝鲸云】资源已停用', `您好，由于您的账户欠费，名下弹性公网IP等资源现已停用。`),
  mail('suspension', '您的网站已被关停', `因主机费用未续缴，您的网站空间已被关停，数据将保留15天。`),
  mail('suspension', '帳號停權通知', `您好，因多次扣款失敗，您的帳號已遭停權。`),
  mail('arrears', '【蓝鲸云】您的账户已欠费，请尽快处理', `截至2026-11-24 10:00，账户欠费金额：¥312.08。`),
  mail('arrears', '欠款提醒', `您好，贵公司尚有 8,000 元款项未结清，已超出约定的账期。`),
  mail('arrears', '代扣失败', `因银行卡余额不够，本期费用代扣失败，请更换银行卡。`),
  mail('arrears', '您有逾期账单', `您有1笔账单已逾期，逾期天数3天，请立即还款。`),
  mail('low_balance', '账户可用余额较低', `您的账户当前可用余额：12.5元，请关注。`),
  mail('low_balance', '【蓝鲸云】余额预警通知', `您的账户可用余额已低于您设定的预警阈值200.00元。`),
  mail('low_balance', '模型调用额度即将耗尽', `您的免费额度已使用95%，用尽后调用将失败。`),
  mail('low_balance', '接口次数不足', `实名核验接口剩余次数不足100次，请及时购买。`),
  mail('low_balance', '您的積分即將用完', `提醒您，帳戶剩餘點數僅剩 25 點。`),
  mail('expiry', '【蓝鲸云】资源到期提醒', `您的以下资源即将到期：云数据库 1 个，到期时间 2026-12-02。`),
  mail('expiry', '您的许可证将在15天后到期', `Quillstone 企业版许可证的有效期至2026年12月9日。`),
  mail('expiry', '套餐已过期', `您的语音识别套餐已过期，请重新购买。`),
  mail('expiry', '憑證即將到期', `您的 SSL 憑證將於 14 天後到期。`),
  mail('bill', '您的10月账单', `您10月份的消费账单为 ¥2,310.45，请于11月30日前完成支付。`),
  mail('bill', '请支付服务费', `您好，请于本周五前支付技术服务费 30,000 元，账号见附件。`),
  mail('bill', '物业缴费提醒', `您本季度机房电费 4,200 元待缴，请按时缴纳。`),
  mail('renewal', '续订提醒', `您的 Maple 年度套餐即将续订，费用为 ¥1,499。`),
  mail('renewal', '域名续费通知', `您名下有 2 个域名需要续费，请登录控制台办理。`),
  mail('renewal', '自動續訂提醒', `您的訂閱將於 12 月 3 日自動續訂，收費 NT$300。`),
  mail('top_up', '请及时充值', `您好，为避免影响使用，请及时充值。`),
  mail('top_up', '充值通知', `请为您的测试账户充值后再继续压测。`),
  mail('none', '支付成功', `您已成功支付订单 8821，金额 320.50 元。`),
  mail('none', '账单已结清', `您10月的账单已全部结清，感谢您的使用。`),
  mail('none', '充值到账提醒', `您的充值 1,000.00 元已到账，账户余额 1,012.50 元。`),
  mail('none', '会员日大促：充值返现最高50%', `今晚8点开始，充多少返多少，名额有限，余额可提现。`),
  mail('none', '【蓝鲸云】续费优惠来袭', `老客户续费低至5折，新老同享，活动截止11月30日。`),
  mail('none', '周报：项目进度', `支付模块逾期风险已解除，余额展示功能完成，到期提醒功能开发中。`),
  mail('none', '会议纪要', `讨论了欠费用户的召回策略以及余额不足时的弹窗文案。`),
  mail('none', '服务升级通知', `我们将于凌晨升级网络，期间服务可能短暂中断，无需您操作。`),
  mail('none', '关于国庆期间暂停发货的通知', `10月1日至7日暂停发货，8日恢复。`),
  mail('none', '您的登录链接已失效', `该链接已过期，请重新获取。`),
  mail('none', '积分即将过期', `您有 320 积分将于月底过期，快去兑换好礼吧。`),
  mail('none', '自动充值已完成', `由于余额低于 50 元，系统已自动为您充值 200 元。`),
  mail('none', '社保缴费基数调整说明', `人事部：2026年度社保缴费基数已调整，无需员工操作。`),
  mail('none', '帳單已自動扣款', `您的 10 月帳單 NT$899 已自動扣款完成。`),
  mail(
    'none',
    '答复: 逾期账单',
    `财务已安排付款。\n\n发件人: 蓝鲸云\n发送时间: 2026年11月20日\n收件人: 财务\n主题: 逾期账单\n\n您有1笔账单已逾期`,
  ),
];
