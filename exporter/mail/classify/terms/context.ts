/**
 * What takes the weight off a term: phrases that show that a matter is settled, that a mail advertises or
 * teaches rather than warns, or that the same word is said of something else. Same notation as the terms.
 */

/** The bill is paid, the plan renewed, the service back: a mail that says so early warns of nothing. */
export const settled: readonly string[] = [
  '(套餐|会员|服务|订阅|有效期|方案) /[^,。]{0,4}?/ 已 [成功] (延长|延期|续期|延展)',
  '已 [/[^,。未]{0,8}?/] 扣款 /\\d/',
  '(status|state) paid',
  'emailed to ~ records',
  '(感谢|谢谢) /[^,。]{0,6}?/ (续约|续订|续签)',
  '(续费|续订|充值|付款|支付|缴费) 订单 [已|已经] (完成|成功)',
  '(fee|fees|charge|penalty) ~ (waived|removed|reversed|refunded)',
  '(waived)',
  '(you owe|owe|owes) nothing',
  '(已|予以) (减免|免除|豁免)',
  '(订阅|服务|自动续费) [已|已成功] 取消',
  '(certificate|license|licence|policy|domain|account|card|key) ~ (was|has been|is) [now|successfully] (issued|created|activated|registered|added|verified)',
  '(证书|许可|域名|授权|账户|账号) /[^,。]{0,6}?/ (签发|颁发|激活|开通|注册|创建) (成功|完成)',
  '(已签发|已颁发|已激活|已解冻|已解封)',
  '(解冻|解封) (通知|完成|成功)',
  '(hold|block) ~ released',
  '(nothing|no amount) is owed',
  '(order|top-up|top up|topup|recharge|refill|purchase) [of|for|over|amount|/\\S+/] [/\\S+/] [/\\S+/] [has been|was|is|were|have been] [successfully] (received|successful|succeeded|confirmed|complete|completed|processed|accepted|approved|cleared|credited)',
  '(order|purchase|top-up|top up|recharge|renewal|cancellation|subscription) (confirmation|confirmed|receipt|success|successful|succeeded|complete|completed|received)',
  '(received|got|recorded|confirms|confirm|appreciate|processed|accepted) [your] [/\\S+/] (top-up|order)',
  '(thank you|thanks) for [your|the] [/(?!prompt|immediate|timely|swift|early)\\S+/] (purchase|order|renewal|renewing|topping up|top-up)',
  '(invoice|invoices|bill|bills|balance|statement|amount|order|account|it|fee|#) ~ (has been|have been|was|were|is|are|is now|are now|marked [as]) [now|already|automatically|fully] (paid|settled|cleared)',
  '(paid|settled|cleared) (in full|successfully|on /\\S+/|with|by card)',
  '(invoice|bill|balance|order|statement) (paid|settled)',
  '(amount|date|total) paid',
  '(successfully|been successfully|have successfully|has successfully) (renewed|charged|topped up|processed|paid|recharged|added|credited|completed|extended|reactivated|restored|upgraded|collected|debited|reloaded|purchased)',
  '(renewed|charged|topped up|processed|recharged|paid|reloaded|extended|completed) successfully',
  '{lasting} ~ (has been|have been|was|were|is now) [automatically] (renewed|extended|prolonged)',
  '(was|were|has been|have been|is now|are now|been) [automatically|successfully] (renewed|extended) (until|through|for|to|by) ~ /\\d/',
  '(added|credited|loaded|applied|deposited) ~ (to|into) ~ (balance|account|wallet|credits|credit)',
  '(credit|credits|funds|/[$€£¥]\\d[\\d.,]*/) (were|was|have been|has been) [successfully] (added|credited|loaded|applied|purchased|deposited)',
  "(we|we have|we've) [successfully|automatically] (topped up|recharged|renewed|reloaded|refilled) ~ (card|account|balance|wallet|/\\d/|subscription|plan)",
  '(auto|automatic) (recharge|top-up|topup|top up|reload|refill|payment) [was|is|has been|has] (complete|completed|successful|succeeded|processed|triggered)',
  '{service} ~ (has been|have been|is|are|was|were|is now|are now) [now|fully|again] (reactivated|reinstated|restored|unsuspended|reenabled|re-enabled|resumed|back online|active again|unlocked)',
  '(reactivated|reinstated|unsuspended|reactivation complete|no longer (suspended|overdue|past due|restricted|paused|disabled))',
  '(back|up and running) (online|again|to normal|in business)',
  '(refund|refunds) [of|for] [/\\S+/] [has been|was|is|were|on its way|processed|issued]',
  '(refunded|refund issued|refund processed|credit note)',
  '/^(\\[[^\\]]*\\] ?|【[^】]*】 ?)?/ (resolved|recovered|cleared|closed|ok)',
  '(contract|agreement) ~ (is|was|has been) [now|fully] (signed|executed|countersigned)',
  '-> (paid|active|ok|resolved|closed|healthy|normal|recovered|renewed|settled)',
  '-> (已支付|已付款|正常|已恢复|已结清|已续费|运行中)',
  '(suspension|hold|restriction|block) ~ (has been|was|is) (lifted|removed|ended)',
  '(suspension|hold|restriction) (lifted|removed|ended)',
  '(balance|debt|arrears|invoice) ~ (has been|was|is|now) (cleared|closed|settled)',
  '(invoice|invoices|bill|bills) [are|is] [all|now] paid',
  '(alert|alarm|incident|issue|warning) [has been|is|was] (resolved|cleared|recovered|closed)',
  '(告警|预警|报警|警报) [已] (恢复|解除|消除|关闭)',
  '(nothing|no amount|no balance|no payment) [more|else] [is|to|was|due|further] [currently] (to pay|due|owed|outstanding|required|needed|is due)',
  '(in|remains in) good standing',
  '(account|you|everything|payments|subscription) (is|are) [now|all|fully] (up to date|paid up|current|settled)',
  '(cancellation|cancelation) (is|has been|was) (confirmed|complete|processed)',
  '{充值} [已|已经] (成功|完成|到账|入账|到帐)',
  '(续费|续订|续约|续期|购买|下单|结算|退款|开通|订购) [已|已经|已全部] (成功|完成|到账|入账)',
  '(已|已经|业已|现已|均已) [/[^,。未]{0,8}?/] (成功|顺利) (充值|续费|续订|续约|开通|购买|结算|续期|恢复)',
  '(核对|对账) (无误|完成|一致)',
  '(已|已经|现已|全部|均已|业已) [/[^,。未]{0,4}?/] (支付|结清|缴清|付清|还清|到账|支付完成|付款完成|缴费完成|偿还|销账|入账)',
  '(账单|发票|订单|款项|费用|欠款) /[^,。未待请]{0,12}?/ (已支付|已付款|已缴费|已缴纳|已缴清|已付清|已结清|已还清|已自动扣款|已核销|已到账)',
  '(已|已经|系统已) [/[^,。未开启设]{0,4}?/] 自动 [/[^,。未]{0,8}?/] (扣款|充值|续费|支付|扣费|续订|缴费)',
  '(感谢|谢谢) /[^,。]{0,6}?/ (充值|续费|购买)',
  '(已|已经|现已|均已|全部) [/[^,。将]{0,4}?/] (恢复|解冻|解封|重新开通|重新启用)',
  '(服务|业务|账户|账号|实例|资源|访问) [已|已经] 恢复 [正常|运行|使用|服务|通知|提醒]',
  '(无|没有|无任何|不存在|暂无|目前无|未有) /[^,。]{0,4}?/ (欠费|欠款|逾期|未付|待付|未结)',
  '(余额|额度) (充足|充裕)',
  '(无需|不需|不用|不必|毋须|无须) [您|再] [进行] (支付|付款|缴费|缴纳|续费|充值|还款|操作|处理|理会|任何操作)',
  '(退款成功|退款到账|电子发票|发票已开具|发票已开|开票成功|开具发票)',
];

/**
 * A payment has arrived, whatever it was for. That is courtesy as well, and stands in warnings: it settles a mail only
 * where it names what was paid, or where nothing in the mail still asks for money.
 */
export const paymentEvents: readonly string[] = [
  '(payment|payments|transaction|transfer|deposit|charge) [of|for|over|amount|/\\S+/] [/\\S+/] [/\\S+/] [has been|was|is|were|have been] [successfully] (received|successful|succeeded|confirmed|complete|completed|processed|accepted|approved|cleared|credited)',
  '(payment|transaction) (confirmation|confirmed|receipt|success|successful|succeeded|complete|completed|received)',
  '(received|got|recorded|confirms|confirm|appreciate|processed|accepted) [your] [/\\S+/] (payment|transfer|remittance|deposit)',
  '(thank you|thanks) for [your|the] [/(?!prompt|immediate|timely|swift|early)\\S+/] (payment|transfer|paying|deposit)',
  '(your|payment|sales|purchase|official) [/\\S+/] receipt',
  'receipt (for|from|#|no|number)',
  '(缴费|支付|付款|扣款|还款|缴纳|代扣|扣费|缴款|交易|转账|汇款|收款|划扣) [已|已经|已全部] (成功|完成|到账|入账)',
  '(已|已经|业已|现已|均已) [/[^,。未]{0,8}?/] (成功|顺利) (支付|付款|缴费|缴纳|扣款|扣费|还款|扣除)',
  '(已|已经|现已|全部|均已|业已) [/[^,。未]{0,4}?/] (收到您|收到贵|收到款)',
  '已收到 /[^,。]{0,12}?/ (付款|款项|缴费|汇款|缴纳|支付|转账|费用|充值)',
  '(感谢|谢谢) /[^,。]{0,6}?/ (付款|支付|缴费|缴纳)',
  '(收据|回执|支付凭证|付款凭证)',
  "(we|we have|we've) [successfully|automatically] (charged|debited) ~ (card|account|balance|wallet|/\\d/|subscription|plan)",
  '(transaction|receipt) (id|reference|number|no)',
  '(交易|支付) (流水号|单号|号|编号)',
];

/** Money is still to be paid, or will be taken: beside such a line thanks for a payment settle nothing. */
export const asks: readonly string[] = [
  '(due|payable|owing|outstanding|unpaid|overdue|renews|auto-renews)',
  '(please|kindly|must|need to|needs to|should|remember to|time to|want to) [/\\S+/] (pay|settle|remit|transfer|renew|top up|top-up|reload|recharge|replenish|refill|load|add|fund|send money|arrange|make)',
  "(will|we'll|going to|scheduled to|about to|set to) ~ (charge|charged|bill|billed|debit|debited|collect|collected|renew|renewed|auto-renew|take|taken|extended|prolonged)",
  '(pay|renew|settle|top up|recharge|reload|add funds|add money|add credit|fund) ~ (by|before|within|now|until|to keep|to continue|to avoid|so)',
  '(maintenance|automatic|upcoming|next|annual) (renewal|charge|payment)',
  '(renewal|payment|top-up|topup|deposit|billing) [is|of] [/\\S+/] [is] (on|date|required|needed|terms|reminder|notice|request|offer|quote)',
  '(needs|need|requires) ~ (top-up|topup|payment|deposit|recharge)',
  '(add|transfer|send) (money|funds|credit|credits)',
  'your ~ will be (renewed|extended|charged|billed)',
  '(up for renewal|fund your|needs to be renewed|need to be renewed|refill needed|is extended by)',
  '(once|ask for|awaiting|await) [the|your] payment',
  '(amount|total|balance) to pay',
  '(renew|extend) (it|them|your|the)',
  'net /\\d/',
  '(invoice|bill|statement) ~ (ready|available|issued|generated|posted|is in)',
  '(issued|new|open|pending) ~ (invoice|bill|statement)',
  '(请|烦请|需|需要|须|应|尽快|及时|待|未) /[^,。]{0,16}?/ (付款|支付|付|缴|交|购买|还款|结清|转账|汇款|打款|{充值}|{续费})',
  '(应付|应缴|应还|应收|待支付|待付|待缴|到期|截止|期限|付款日|还款日|缴费日|扣款日)',
  '(将|会|自动) /[^,。]{0,24}?/ (扣|收取|顺延|{续费})',
  '({续费}|{充值}|缴费|付款|支付) (提醒|通知|提示|预告)',
  '{续费} /\\d/',
  '/\\d ?(天|日)(之?内|前)/',
  '/(月|日)/ {续费}',
  '(账单|发票|对账单) /[^,。]{0,12}?/ (已生成|已出|已发布|已开具|来了)',
  '(新账单|新发票)',
  '(fällig|ausstehend|offen|offene|überweisen|abgebucht|eingezogen|abgerechnet|aufladen|zahlbar|begleichen)',
  '(verlängert sich|verlängern sie|bezahlen sie|zahlen sie|bitte zahlen)',
  '(échéance|payable|régler|payer|prélevé|prélevée|débité|renouveler|renouvelle|renouvelé|recharger|impayée)',
  '(vence|vencimiento|pagar|pague|cargará|cobrará|renovará|renueva|renueve|recargue|recargar|pendiente)',
  '(期限|期日|お支払いください|支払ってください|引き落とし|引落|更新され|自动更新|チャージしてください|ご请求)',
];

/** Done because the reader asked for it. */
export const requested: readonly string[] = [
  '(as requested|as you (requested|asked)|at your request|on your request|upon your request)',
  '(按|应|根据) (您|你) 的 (要求|申请|请求)',
  '(was|has been|is) (resolved|cancelled|canceled) as [you] (requested|asked)',
];

/**
 * Something is switched on, off or set up. In a subject such a mail is about that and warns of nothing; in a text it
 * takes the weight off its own sentence only, since a warning often adds that auto-recharge is on.
 */
export const settings: readonly string[] = [
  '(预算|配额|限额|预警|告警|提醒|支付方式|付款方式) [/[^,。]{0,6}?/] (创建|设置|提升|申请|调整|添加|绑定|保存) [已|已经] (成功|通过|完成|生效)',
  '(您|你|已) (创建|设置|新建) [了] [/[^,。]{0,6}?/] (预算|预警|提醒|告警)',
  '(budget|budgets|quota|limit|alert|payment method|card) ~ (was|has been|were|have been|is) [now|successfully] (created|added|set up|approved|increased|raised|granted|updated|saved|removed)',
  '(quota|limit) (increase|change|request|adjustment) [/\\S+/] [was|has been|is] (approved|granted|accepted|completed)',
  'you (created|added|set up|set) (a|the|an) [/\\S+/] [/\\S+/] (budget|alert|limit|threshold|payment method)',
  '(更新|修改|绑定|变更|设置|添加|移除|解绑) 成功',
  '(alert|alerts|notification|notifications|warning|warnings|reminder|reminders|rule) [/\\S+/] [has been|have been|is|was|are] (turned off|switched off|disabled|removed|created|enabled|updated|configured|activated|saved)',
  '(预警|告警|提醒|通知) [/[^,。]{0,4}?/] (已关闭|已开启|已开通|已创建|已设置|已取消|设置成功)',
  'you [have|have now|have successfully] (turned|switched) (on|off) [automatic] [auto] (renewal|auto-renewal|auto-renew|autopay|auto-pay|auto-recharge|auto top-up|auto recharge|renewals)',
  'you [have|have now|have successfully] (enabled|disabled|activated|set up) [automatic] [auto] (renewal|renewals|auto-renewal|auto-renew|autopay|auto-recharge|auto top-up|auto recharge)',
  '(automatic renewal|auto-renewal|auto-renew|autopay|auto-pay|auto-recharge|auto recharge|auto top-up) [is|has been|was|now] [now] (on|enabled|activated|turned on|active|set up|disabled|turned off)',
  '(开通|开启|设置) [了] (自动续费|自动充值|自动扣款|自动续订) [/[^,。失]{0,4}?/] [成功]',
  '(自动续费|自动充值|自动扣款|自动续订) [功能|服务] (已开通|已开启|已关闭|已取消|已设置|设置成功|开通成功|已启用)',
];

/** Nothing is owed: the amount is zero. A balance of zero is another matter, and no such phrase. */
export const nothingDue: readonly string[] = [
  '(balance due|amount due|total due|due|amount owed|amount payable|outstanding|outstanding balance|outstanding amount|new balance due|invoice total|total|balance) [is|of|now|amount|:] [/[a-z]{3}/] /[$€£¥]? ?0([.,]00?)?(?![.,]?\\d)/',
  '/[$€£¥]0([.,]00?)?(?![.,]?\\d)/ [is] (due|outstanding|owed|owing|payable)',
  '(应付|应还|应缴|待支付|欠费|应付款|本期应付|需支付|应收|应还款|本期账单|账单|账单金额|欠款) [总额|金额|款|额|费用|合计|为|是|:] [为|是|共] /[¥$]? ?0(\\.00?)?(?!\\.?\\d)/',
];

/** Subjects of mails that tell, teach or gather, whatever words they use. */
export const bulkSubject: readonly string[] = [
  'changelog',
  '(settings|preferences|details) (have been|has been|were|was) (updated|changed|saved)',
  '/\\d+ ?月更新/',
  // What the mail is, before a colon or in brackets.
  '/^(\\[[^\\]]*\\] ?|【[^】]*】 ?)?[^:]{0,16}\\b(webinar|workshop|survey|podcast|training|event|invitation|invite|meeting|newsletter|digest|blog|job alert|hiring|ci|docs|legal|security|draft|sample|hr|payroll|question|bug report|bug|audit|budget|team|minutes|agenda|calendar) ?:/',
  '/^(招聘|诚聘|急聘|招募|培训|培训通知|讲座通知|直播预告|活动通知|会议通知|会议改期|文章推荐|博客|网络研讨会|咨询|公告|法务|人事|行政|上新|日程|更新) ?:/',
  '/^[^:]{0,8}更新 ?:/',
  '/\\((webinar|workshop|podcast|survey)\\)|（(直播|讲座)）/',
  // News, articles and manuals.
  '(newsletter|digest|roundup|round-up|bulletin|recap|changelog|whitepaper|e-book|ebook|blog|episode|case study) ~ (is here|issue|edition|no|week|month|:)',
  '(monthly|weekly|quarterly|your weekly|our) (newsletter|digest|roundup|recap|bulletin)',
  '(newsletter|changelog|podcast|blog) :',
  '(release|patch|version|launch) notes',
  '/(release|version|build|hotfix) v?\\d/',
  '/\\d+\\.\\d+/ (is out|released|is here|now available|发布|上线)',
  '/^(review requested|requested changes|approved|price change|pricing change|new prices?|new price list)\\b/',
  '/^(release|fix|feat|chore|docs|how|why|what|when|guide|tips|learn|introducing|announcing|meet|explore|discover|welcome|getting started|set up|setup|new feature|join us|introduction|understanding|faq|example|sample|draft|fixed|feature|bug|question|questions|request|idea|help|kudos|congratulations|congrats)\\b/',
  "(what's|what is) (new|changing|next)",
  '(product|feature|weekly|community|platform|engineering|company|roadmap) (update|updates|news|report|notes|review|changelog|changes|announcement|announcements|highlights)',
  '(monthly|quarterly|weekly|annual) (update|news|report|usage report|highlights|summary|insights|review)',
  '(weekly|monthly) [/\\S+/] (summary|recap|report|digest)',
  '(a|our|the|free|complete|ultimate|practical|quick) [/\\S+/] guide',
  '/\\d+/ (tips|ways|habits|reasons|steps|things|ideas|lessons|mistakes|secrets)',
  '(tips|best practices|tutorial|guide) (for|to|on)',
  '(templates|samples|sample|examples|software) (trial|library|for)',
  "(you're invited|you are invited|save your seat|register (now|today)|join our)",
  '(new in|new replies|now with|shipped this|just shipped)',
  // Legal texts, policies, product life.
  '(terms of service|terms of use|terms and conditions|privacy policy|terms & conditions|user agreement|customer agreement|our terms|our policies|policy update|policy changes|usage policies|usage policy|acceptable use|dpa|gdpr)',
  '(contract draft|draft contract|clause|for your information)',
  '(end of (life|support|sale)|end-of-life|deprecation|deprecated|deprecating|sunset|sunsetting|retirement|breaking change|migration guide)',
  '(advisory|cve|vulnerability|postmortem|post-mortem|status page|incident (resolved|report|update)|(scheduled|planned|emergency|routine|system) maintenance|maintenance (window|notice|on|this|tonight|tomorrow|completed))',
  '(office is closed|holiday hours)',
  // Work on software, and messages of tools.
  '(pull request|merge request|pr #|code review|requested your review|mailing list|(build|pipeline|deployment|deploy|job|test|run) (failed|passed|succeeded|fixed)|jira|kernel|unit test|stack overflow|error code|error codes|e2e)',
  '/^(re: ?)?\\[[\\w.-]+\\/[\\w.-]+\\]/',
  '/^\\[[\\w.]+-(service|api|app|web|backend|frontend|lib|sdk)\\]/',
  '/\\[(patch|rfc|staging|test|dev|sandbox|firing|resolved)\\b/',
  '(test (notification|email|mail|message|alert)|this is a test)',
  '(new comment|commented on|mentioned you|assigned to you|assigned you|replied to|shared with you|wants to edit|new reply)',
  '(out of office|automatic reply|auto-reply|autoreply|on vacation|undeliverable|delivery status|delivery failure|mail delivery)',
  '(alert|notification|email|reminder|usage alert|preferences) settings',
  '(scan results|scan report|in your fleet)',
  // Talk among people.
  '(minutes of|meeting (minutes|notes|moved|invitation)|(call|interview|visit|customer) notes|sprint goals|standup|stand-up|retrospective)',
  '(job (alert|alerts|opening|offer|posting|description|opportunity|opportunities|application)|new jobs|jobs for you|is hiring|we are hiring|hiring a|job interview|open position|(engineer|developer|specialist|manager|accountant|clerk|analyst) wanted|we are looking for)',
  '(order|parcel|package) ~ (shipped|delivered|on its way|dispatched)',
  // Chinese.
  '/(?<!今)日报(?!告)/',
  '(月报|周报|简报|周刊|月刊|季报|快讯|早报|晚报|电子报|期刊|内参|好文|干货|白皮书|教程|指南|手册|攻略|科普|盘点|更新日志|版本更新|产品更新|版本发布|功能上线|功能更新|新品发布|升级公告|发布会|上线公告|更新公告|停止维护|版本下线|产品下线)',
  '/^(本月|本周|近期|最新|本期)(更新|上新)/',
  '/(发布|上新|上线了?)$/',
  '/(的|功能)(介绍|简介)$/',
  '/(下线|停用|弃用)公告|v\\d+ ?(下线|停用|弃用|sunset)/',
  '(纪要|例会|周会|站会|小结|群消息|聊天记录|访谈记录|自动回复|小贴士|测试邮件|测试通知|测试消息|统计表|统计|报表|错误码|接口文档|文档更新)',
  '(如何|怎么|怎样|为什么|什么是|一文|教你|带你|学会|使用说明|操作手册|常见问题|答疑|浅谈|/的?说明$/)',
  '(规则|机制|政策|流程|制度|办法|标准|策略) /[^,。]{0,4}?/ (说明|调整|变更|解读|更新|介绍|公示|优化)',
  '(服务条款|用户协议|隐私政策|隐私协议|协议更新|条款更新|服务协议|规则调整|价格调整|调价|调整 /[^,。]{0,8}?/ 价格|草案|仅供参考)',
  '(维护公告|停机维护|系统维护|维护通知|系统升级|服务升级|升级通知|升级维护|割接|例行维护|机房维护|安全公告|暂停发货|暂停营业|停电|停水|停课|停运)',
  '(问卷调查|满意度调查|中奖|邀请函|邀请您|诚邀|公测|内测|年度报告|季度报告|财报|年报|误报|改版)',
  '(收款账户|账户变更|开票信息|银行信息|入库)',
  '设置 [已|成功] (更新|保存|成功|修改)',
];

/**
 * Words of such subjects that products are named by, too. They tell only where the subject doesn't state a matter
 * itself: "培训通知" gathers, "培训平台已欠费" warns.
 */
export const softBulkSubject: readonly string[] = [
  '/^(accepted|declined|tentative|updated invitation) ?:/',
  '(newsletter|digest|bulletin|webinar|podcast|workshop|survey|magazine|blog|conference|meetup|hackathon|keynote|training|event|notes)',
  '(career|careers|hiring|vacancy|recruiting|recruitment|internship|internships|candidate|interview)',
  '(meeting|agenda|retro|offsite|lunch|party|calendar|rsvp|invitation|fundraiser|book club|audit|proposal|quotation|purchase order|rfp|legal|planning|estimate|estimates|clause|draft)',
  '(ci|docs|documentation|nightly|pipeline|merge|merged|parking|appointment|voting|vote|permit|exam|(paper|submission) deadline|deadline extended|template|templates|bid|auction|summary|recap|incident|outage|early bird)',
  '(trip|flight|train|ferry|itinerary|hotel|shipped|shipment|parcel|tracking number|feedback|rate your|your opinion|nps)',
  '(资讯|专栏|文章|解读|案例|入门|合集|直播|公开课|沙龙|峰会|大会|论坛|研讨会|分享会|训练营|讲座|课程|培训|访谈|记录|贴士|预约|体检|推荐)',
  '(招聘|招募|诚聘|急聘|内推|岗位|求职|简历|面试|职位|工程师|实习|校招|社招|应聘|录用|入职)',
  '(会议|团建|聚餐|年会|放假|假期|值班|考勤|绩效|考核|社保|公积金|工资|报销|请假|休假)',
  '(问卷|调研|满意度|评价|抽奖|活动通知|报名|投稿|投票|停车证|早鸟|早鸟票|审批|报价|采购|总结|汇总|摘要|新功能|迭代|实践|故障|漏洞)',
  '(工单|缺陷|代码|合并请求|构建|流水线|测试报告|项目进度|评审)',
  '(快递|快件|物流|包裹|发货|签收|派送|航班|列车|酒店|行程|机票)',
];

/** Marks of a mail that teaches, lists changes or gathers news, in its text. */
export const bulkBody: readonly string[] = [
  '(for your information only|information only|仅供参考)',
  '(现已|已) 修复',
  "(here's what we shipped|what we shipped|read more on|what's new)",
  '支持 (查看|按|一键|自定义|设置|导出)',
  'this is (a test|just a test|only a test|a drill)',
  '(测试邮件|测试通知|测试消息)',
  'in this (issue|edition|newsletter|article|post|guide|episode)',
  '(read|view) [the|our|more] [full|whole] (article|post|story|guide|blog)',
  '(on|from) (our|the) blog',
  '(fixed|added|improved|changed|removed|new) : ~~ (fixed|added|improved|changed|removed|new) :',
  '(release notes|changelog|pull request|unit test|bug fixes|webhook|webhooks)',
  "(you will|you'll|responsibilities|requirements|qualifications) ~ (build|design|develop|years of experience|join our team)",
  '(本期|本月|本周|本次|新版本) (更新|内容|看点|导读|要点|发布)',
  '(阅读原文|阅读全文|查看全文|点击阅读|本文介绍|本文将|本文)',
  '(岗位职责|任职要求|职位描述|薪资|工作地点|投递|负责 /[^,。]{0,30}?/ (设计|开发|研发|运营))',
  '(修复|优化|新增|支持) /[^。]{0,40}?/ (修复|优化|新增)',
];

/** A mail that sells. */
export const promotion: readonly string[] = [
  "(free (renewal|upgrade|year|month|months)|refer (a|your|two|three|some) (friend|friends)|(will|you'll) love)",
  '(早鸟|早鸟价)',
  '/\\d+ ?%/ (off|bonus|extra|discount|more|cheaper|cashback|savings|free)',
  '(save|get|enjoy|receive|earn|claim|extra|bonus|discount of) [up to|an extra|extra|a|at least] /\\d+ ?%/',
  '(save|get|receive|earn|claim) [up to|an extra|extra|a|another] /[$€£¥]\\d/ ~ (free|bonus|off|credit|credits|extra|gift)',
  '(discount|discounts|discounted|coupon|coupons|voucher|vouchers|promo|promotion|promotional|special offer|special price|exclusive offer|exclusive deal|exclusive discount|limited time|limited-time|black friday|cyber monday|flash sale|clearance|giveaway|cashback|cash back|free gift|free month|free months|bonus credits|bonus|sweepstakes|loyalty|reward|rewards|refer a friend|referral)',
  '(offer|deal|sale|price|pricing) (ends|expires|expire|ending|valid|ends soon|starts|is live|is on)',
  '(before|until|when) the (deal|offer|sale|promotion|price) (ends|expires|goes|rises)',
  '(for the price of|(holiday|christmas|summer|spring|new year) (bundle|sale|deal|offer|special)|lock in|lowest price|best price|never be lower|half price|buy one|upgrade now|act now|hurry|shop now|shop the|order now|special pricing|early bird|early-bird)',
  '/[\\d一二三四五六七八九.]+/ 折',
  '(满|充|冲|存|买) /[^,。]{0,6}?\\d[^,。]{0,8}?/ (送|赠|减|返|得|立减)',
  '(优惠|特惠|大促|促销|限时|限量|返现|返利|抽奖|红包|福利|秒杀|钜惠|赠送|豪礼|好礼|礼包|礼品|双十一|双十二|双11|双12|老用户专享|新用户专享|会员日|会员专享|专享价|拼团|立减|代金券|满减|优惠券|折扣|打折|特价|半价|买一送一|免费领|先到先得|充多少|返多少|来袭|狂欢|盛典|特卖|回馈|大放送|退订|拒收)',
];

/** A mail about who may log in. */
export const security: readonly string[] = [
  '(failed|unsuccessful|too many) [failed] (login|logins|sign-in|sign-ins|log-ins|password|attempts)',
  'new (sign-in|signin|sign in|login|log-in)',
  '(sign-in|signin|sign in|login|log-in|log in|logged in) (attempt|attempts|from|detected|activity|location|alert)',
  '(suspicious|unusual|unauthorized|unauthorised|unrecognized|fraudulent) (activity|login|sign-in|sign in|access|attempt|transaction)',
  '(phishing|two-factor|2fa|mfa|security alert|security notice|new device|compromised|verify your identity|password|passcode|one-time)',
  '(异地登录|异常登录|登录提醒|新设备|安全提醒|密码|验证码|身份验证|二次验证|疑似被盗|违规|实名认证)',
];

/** A mail about works on the vendor's side. */
export const maintenance: readonly string[] = [
  '(maintenance|upgrade|migration|scheduled) (window|work|works|maintenance|downtime|outage|period)',
  '(during|planned|scheduled|emergency|routine|for) [the|our] (maintenance|upgrade|migration|works)',
  '(维护|升级|割接|迁移|检修|演练|扩容) /[^,。]{0,8}?/ (期间|时间|窗口|公告|通知)',
  '(进行|例行|停机|系统|计划) (维护|升级|检修|割接)',
  'メンテナンス (のお知らせ|実施|作业|期間|のため)',
  '(定期|紧急|计画) メンテナンス',
  '(wartungsarbeiten|wartungsfenster|geplante wartung|maintenance programmée|mantenimiento programado)',
];

/** What a mail speaks of that is about money owed or prepaid. */
export const money: readonly string[] = [
  '(未缴|未付|未支付|待缴|待付|催缴)',
  '(renewed|renews|invoice|invoices|payment|payments|billing|billed|unpaid|overdue|past due|balance|prepaid|funds|credit|credits|fee|fees|charge|charged|card|non-payment|nonpayment|bill|bills|subscription|renew|renewal|top up|top-up|recharge|pay|paid|owed|debt|usage limit|quota)',
  '(欠费|余额|账单|费用|预算|消费|付款|充值|续费|缴费|缴款|缴纳|账款|支付|扣款|到期|未续|欠款|逾期|付费|补足|结清|额度)',
];

/** What a sentence is about when a word of a topic is said of something that isn't bought from a vendor. */
export const unlike = {
  suspension: [
    '(by user|from the console|by you|you stopped|you paused|被用户|控制台操作|来源)',
    '(meeting|meetings|talks|hearing|practice|lesson|lessons|会议|谈判)',
    '(客服|放假|假期|春节|国庆|节日|元旦)',
    '(migrate|migration|迁移)',
    '/\\bv\\d+ ?(endpoints?|api|接口)/',
    '(laptop|laptops|suspend to|resume from|hibernate|sleep mode|bridge|cable|disbelief|license plate|driver|flight|flights|ferry|train|trains|bus|school|classes|trading|match|game|season|player|motion|session was|sentence|jobs may|feature|beta|support for|node.js|python|version|versions|old api|legacy|deprecated|deprecation|sunset|integration tests|construction|roadworks|deliveries|shipping)',
    '/(发货|物流|快递|派送).{0,3}(暂停|停运|停止|恢复)/',
    '(营业|航班|列车|公交|比赛|交易所|课程|考试|上课|旧版|老版|旧接口|下线旧|不再支持|维护|升级|演练)',
  ],
  arrears: [
    '/逾期 ?\\d+ ?项/',
    '(receivables|credit losses|your customer|your client|a customer|by customer|customer payment|customer payments|end customer|the customer|task|tasks|ticket|tickets|book|books|library|review|reviews|assignment|homework|milestone|milestones|issue #|todo|to-do|deadline|training|timesheet|timesheets|report|survey|goal|goals|reform|reforms|repairs|intern|internship|internships|leave|volunteer|performance|talent|vaccination|checkup|inspection|pull request|invitation|meeting)',
    "(your|their|own|of your|from) (own )?(customers|customer's|customers'|clients|client's|buyers|users'|members|donors|subscribers)",
    '(自评|作业|任务|工单|周报|日报|考核|培训|报名|简历|还书|图书|体检|提交|答辩|归还|里程碑|需求|风险)',
    '/(您|你|贵司)的客户|向.{0,4}客户.{0,4}发送/',
    '/(?<!尊敬的|亲爱的)(客户|买家|用户|学员|会员|商户|租户)的?(欠费|欠款|付款|逾期|退款|支付|召回)/',
  ],
  low_balance: [
    '(carbon|碳|碳积分|碳排放|course|courses|学分)',
    '/(邮箱|收件箱|信箱).{0,6}(配额|容量|空间|已满)|收件人/',
    '(有效期|租期|证书|域名|许可证|合同)',
    '(tires|tyres|leave|vacation|pto|mailbox|inbox|/storage(?! (bundle|pack|plan|package|credits?)\\b)/|drive|work-life|work life|load balance|load balancing|load balancer|balance sheet|balance bike|balance bikes|balanced|energy|battery|carb|sodium|diet|sleep|credit score|paper|ink|toner|stock|inventory|fuel|pressure|temperature|memory|cpu|disk|of the order|hormone|blood|vitamin|gender|power balance)',
    '(名额|邮箱容量|邮箱空间|空间|容量|网盘|电量|库存|内存|磁盘|硬盘|睡眠|营养|人手|经验|证据|光线|墨盒|耗材|座位|席位有限|信用分)',
  ],
  expiry: [
    '/\\d+ ?% off/',
    '(cart|basket|movie|movies|film|series|season|购物车|下单)',
    '(employment|employee|劳动合同|人事|聘用)',
    '(export|exports|report|reports|导出|报告)',
    '(预约|体检|抢购)',
    '券',
    '(early bird|early-bird|ticket|tickets)',
    '(code|codes) (expires|expire|expired|will expire|is valid)',
    '(pickup|pick-up|取货码|取件码)',
    '/(?<!许可|授权|产品|激活|序列)密钥/',
    '(seat reservation|booking|auction|bid|item you are watching|upload window|survey window)',
    '(password|passwords|passcode|link|links|url|session|sessions|token|tokens stay|access token|refresh token|personal access token|api key|api keys|secret|one-time|verification|verification code|security code|access code|login code|your code|this code|promo code|discount code|backup codes|otp|pin|leave|vacation|invitation|invite|invitations|offer|offers|deal|deals|discount|discounts|coupon|coupons|voucher|vouchers|sale|promo|promotion|reward|rewards|point|points|miles|badge|passport|visa|cookie|cookies|cache|poll|survey|quote|quotes|quotation|timer|timers|job posting|posting|story|file transfer|download|upload|share|shared|milk|food|medicine|vaccine|exam|certification|certified|timeout|lock|request|retention|snapshot|backup|backups|log|logs|login|auction|bid|listing|return window|gift card|gift cards|event|early bird|registration for|ticket|tickets|tickets for|statement of work|embargo)',
    '(feature flag|flag)',
    '(密码|口令|验证码|校验码|链接|网址|会话|登录|令牌|优惠|优惠券|代金券|卡券|礼券|满减|红包|积分|活动|二维码|食品|疫苗|药品|邀请|报名|投票|问卷|文件|下载|缓存|缓存|考试|门票|折扣|分享|图书|借阅|归还|书籍|备份|快照|日志|应付|应还|还款|签证|护照|身份证|里程)',
  ],
  bill: [
    '/renewals? (is |are |falls |comes )?due/',
    '(收款账户|新账户|新账号|银行信息|new (bank )?account|new (bank )?details)',
    '(your customer|your customers|your client|your clients|a customer|by customer|the customer|(due|owed|payable|paid) to you|our invoices|payment terms|proposal|quotation|purchase order|checking|savings account|online banking|e-statement|bank statement|brokerage|tax (form|invoice summary|document|documents|summary|statement|return)|not a bill|bill of (materials|lading|rights)|senate|congress|parliament|invoice template|invoice templates|invoicing (software|feature|features)|your (customers|clients)|expense report|payroll|payment will be made|payout|payouts|paid to you|you earned|your sale|your earnings)',
    '(工资|薪资|报销|社保|公积金|奖金|提现|收益|结算给您|打款给您|佣金|发票抬头|开票信息)',
  ],
  renewal: [
    '(renewable|renewed (focus|interest|energy|commitment)|vows|library|book|passport|driver|visa|prescription|urban renewal|lease on life|contract talks|friendship)',
    '(续航|续集|续写|连续)',
  ],
  top_up: [
    '(cart|basket|skills|knowledge|look|dashboard|dashboards|wardrobe|glass)',
    '(battery|batteries|phone battery|electric|ev|coffee|drink|drinks|tank|pension|your energy|yourself|weekend|vacation|printer|ink)',
    '(充电|电池|增值税|增值服务|手续)',
  ],
} as const;

/** What makes a suspension one for want of payment even in a mail that speaks of passwords. */
export const owed: readonly string[] = [
  '(invoice|unpaid|overdue|past due|balance|non-payment|nonpayment)',
  '(欠费|余额|逾期|未付)',
];

/** Mail to somebody who sells: what is unpaid is what others owe to the reader. */
export const merchant: readonly string[] = [
  '/^(subscriber|customer|buyer|donor|payer) payment/',
  '(the|a|your|this) (subscriber|subscribers|buyer|payer|donor|tenant)',
  '/\\b(subscriber|buyer|payer|donor) \\S+@/',
  '(our|for our) (customer|customers|client|clients)',
  '(a customer|by customer|/the customer(?! (area|portal|zone|number|no|id|account|service|panel|care|support|manager|success|dashboard|centre|center|login|console))/|end customer|one of your customers|customer payment|customer payments)',
  "/\\byour (customer|client|buyer|tenant|donor|payer)s?('s|')?(?! (area|portal|zone|number|no|id|account|service|panel|care|support|manager|success|dashboard|centre|center|login))\\b/",
  '(customer|client) [/\\S+/] (paid|has paid|failed to pay)',
  '/(您|你|贵司)的(订阅用户|订阅者|客户|买家|租户|学员)/',
];
