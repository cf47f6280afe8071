import type { WordLists } from '../phrase-syntax.ts';

/** The entries of a list, which are separated by commas. */
function list(entries: string): readonly string[] {
  return entries.split(',').map((entry) => entry.trim());
}

/** Lists of words that the terms of all topics draw on. Chinese ones are simplified; see `../simplified.ts`. */
export const words: WordLists = {
  // What a vendor provides.
  service: list(`
    pods, jobs, volumes, replicas, droplets, machines, vms, workers, gpus, profiles, pages, boards,
    account, accounts, sub-account, service, services, subscription, subscriptions, plan, workspace,
    workspaces, organization, organisation, org, team, tenant, project, projects, instance, instances,
    server, servers, vps, droplet, vm, virtual (machine|machines), container, containers, node, nodes,
    website, websites, site, sites, store, hosting, database, databases, cluster, clusters, bucket,
    buckets, deployment, deployments, app, apps, application, applications, domain, domains, license,
    licence, membership, environment, environments, resources, number, numbers, line, lines, access, api,
    apis, api (key|keys), calling, calls, messaging, messages, emails, sending, campaigns, integration,
    gateway, traffic, storage, product, products, package, requests, functions, workloads, mailboxes,
    device, devices, sim, sims, bot, bots, agent, agents, endpoint, endpoints, key, keys, feature,
    features, power, rack, racks, channel, channels, crawler, pipeline, pipelines, module, modules,
    seats, connection, feed, listing, listings, ads, campaign, bookings
  `),
  suspended: list(`
    suspended, deactivated, terminated, shut (down|off), cut off, turned off, switched off,
    powered (off|down), taken (offline|down), disconnected, put on hold, placed on hold, unpublished
  `),
  // Said of much else as well, so only where the mail speaks of money.
  halted: list(`
    barred, withheld, scaled to zero, scaled down, switched to read-only, disabled, stopped, paused,
    halted, interrupted, blocked, restricted, revoked, locked, frozen, closed, cancelled, canceled,
    discontinued, limited, removed, deleted, destroyed, released, reclaimed, throttled, withdrawn,
    downgraded, offline, inactive, unavailable, on hold, read-only
  `),
  suspension: list(`
    suspension, termination, deactivation, disconnection, shutdown, service interruption,
    service disruption, cut-off, interruption, closure
  `),
  notice: list(`
    notice, notification, warning, alert, reminder, notices, alarm
  `),
  be: list(`
    is, are, was, were, has been, have been, 's, has, have, had been, is being, are being, got, gets,
    remains, remain, 've been
  `),
  now: list(`
    now, currently, temporarily, automatically, already, still, today, just, permanently, immediately,
    since, fully, again
  `),
  // What is to be paid, or what one may be late with.
  invoice: list(`
    invoice, invoices, bill, bills, payment, payments, balance, account, statement, fee, fees, charge,
    charges, amount, amounts, subscription, instalment, installment, premium, sum, rent, dues, order,
    renewal
  `),
  // What is owed.
  debt: list(`
    invoice, invoices, bill, bills, payment, payments, balance, balances, amount, amounts, fee, fees,
    charges, account, sum, debt, dues
  `),
  overdue: list(`
    overdue, past due, past-due, pastdue, delinquent, in arrears, in default,
    past (its|the|their|your) due date, past (its|the|their) payment date
  `),
  unpaid: list(`
    unpaid, unsettled, outstanding, owing, open
  `),
  failed: list(`
    failed, declined, was unsuccessful, unsuccessful, rejected, refused, returned, bounced, reversed,
    failing, (did not|didn't|does not|hasn't|has not|won't|will not|couldn't|could not) go through,
    (did not|didn't|has not|hasn't) gone through,
    (could not|couldn't|cannot|can't|can not) be (processed|completed|collected|charged|made|taken|authorised|authorized),
    (was not|wasn't|were not|has not been|hasn't been) (processed|completed|collected|successful|accepted|authorised|authorized|honoured|honored),
    (did not|didn't) (succeed|work|clear)
  `),
  card: list(`
    card, credit card, debit card, visa, mastercard, amex, bank, bank account, payment method, paypal
  `),
  // What is prepaid and used up.
  funds: list(`
    operations, runs, renders, lookups, credits, executions, images, records, verifications, balance,
    balances, credit, funds, wallet, prepaid, quota, quotas, allowance, allowances, tokens, minutes,
    units, messages, requests, calls, searches, points, sms, queries, emails, characters, impressions,
    bundle, pack, data, traffic, bandwidth, gb, texts, pages, capacity
  `),
  money: list(`
    balance, balances, credit, credits, funds, wallet,
    prepaid (balance|credit|credits|funds|account|amount), deposit
  `),
  low: list(`
    low, insufficient, not sufficient, no longer sufficient, no longer enough, not enough, below,
    beneath, under, less than, fewer than, lower than,
    almost (gone|exhausted|empty|out|depleted|used up|zero|over),
    nearly (gone|exhausted|empty|out|depleted|used up|zero|over), about to run out,
    running (low|out|short|dry), run (low|out|dry), runs (low|out|dry), ran (low|out|dry), exhausted,
    depleted, used up, consumed, empty, fallen (to|below|under), fell (to|below|under),
    dropped (to|below|under), dipped below, gone below, drained, spent, will not last, won't last
  `),
  // What ends on a date.
  lasting: list(`
    domain, domains, domain name, domain names, domain registration, registration, certificate,
    certificates, cert, certs, ssl, tls, license, licenses, licence, licences, subscription,
    subscriptions, plan, package, contract, contracts, agreement, membership, hosting, support,
    maintenance, warranty, card, credit card, debit card, payment method,
    reserved (instance|instances|capacity), reservation, reservations, commitment, commitments,
    committed use, savings plan, savings plans, credits, credit, pack, bundle, service, services,
    account, coverage, add-on, addon, seats, seat, lease, server, servers, instance, instances, vps,
    trial, prepaid, resource, resources, product, products, policy, term, workspace, api plan, data plan,
    entitlement, entitlements, proxy, proxies, access, ip, spend agreement, number, numbers,
    resource (pack|package|plan)
  `),
  expires: list(`
    expires, expired, expiring, will expire, is expiring, are expiring, about to expire, going to expire,
    set to expire, due to expire, expire, lapses, lapsed, will lapse, about to lapse, lapse,
    no longer be valid, no longer valid, will become invalid
  `),
  ends: list(`
    ends, will end, is ending, are ending, ended, has ended, set to end, reaches its end, runs out,
    will run out, comes to an end, will terminate, ends soon,
    ending (soon|on|today|tomorrow|this|next|shortly), running out, is running out, concludes,
    will conclude, finishes, terminates, is valid (until|through|till|to), valid (until|through|till),
    are valid (until|through|till)
  `),
  when: list(`
    on, in, at, by, before, soon, today, tomorrow, tonight, yesterday, shortly, within, next, this,
    after, at the end, effective, as of, from, :
  `),
  yours: list(`
    your, the, this, these, following, our, all, its
  `),
  // Chinese, in simplified characters.
  服务: list(`
    服务, 实例, 资源, 服务器, 主机, 账户, 账号, 帐户, 帐号, 网站, 站点, 空间, 云盘, 数据库, 域名, 网域,
    应用, 接口, 权限, 调用, 业务, 套餐, 产品, 项目, 线路, 号码, 专线, 带宽, 弹性公网, ip, 集群, 节点,
    存储, 功能, 短信, 邮箱, 会员, api, cdn, ecs, rds, 访问, 通道, 机柜, 设备, 容器, 函数, 插件, 店铺,
    广告, 小程序, 伺服器, 方案, 门号, 通话, 工作区, 宽带, 机器人
  `),
  停: list(`
    切断, 清退, 断供, 停供, 限流, 限速, 下线, 封禁, 停止供应, 停止投放, 停机, 停服, 停用, 停止服务,
    停止使用, 停止提供, 停止运行, 停止, 暂停服务, 暂停使用, 暂停, 中止, 终止, 关停, 关闭, 冻结, 停权,
    强制下线, 释放, 销毁, 回收, 封停, 断网, 断开, 禁用, 锁定, 隔离, 关机, 删除, 清除, 被限制, 限制使用,
    不可用, 中断
  `),
  停机: list(`
    切断, 断供, 停供, 清退, 限流, 封禁, 冻结, 停机, 停服, 停用, 停止服务, 暂停服务, 中止服务, 终止服务,
    关停, 停权, 封停, 服务停止, 服务暂停, 服务中止, 服务终止, 服务中断, 断网, 断服
  `),
  通知: list(`
    通知, 提醒, 预警, 告警, 警告, 提示, 公告, 预告, 通告, 警报
  `),
  余额: list(`
    余额, 额度, 余量, 用量, 剩余条数, 剩余次数, 剩余流量, 剩余点数, 剩余量, 剩余, 点数, 积分, 资源包,
    流量包, 套餐包, 次数包, 短信包, 条数, 次数, token, tokens, 余款, 预付款, 预付费, 存款, 配额, 字符数,
    分钟数, 免费额, 资金, 可用金额
  `),
  不足: list(`
    不足, 不够, 过低, 较低, 偏低, 太低, 很低, 低于, 少于, 小于, 仅剩, 只剩, 仅余, 剩下, 不多, 用尽, 用完,
    耗尽, 用光, 见底, 告急, 告罄, 为零, 为0, 跌破, 即将耗, 将耗, 吃紧, 尽
  `),
  钱款: list(`
    账单, 帐单, 款, 费, 付, 还, 贷, 缴, 金额, 账期, 发票, 结算, 应收, 余额, 账款, 租金, 账户
  `),
  有期: list(`
    租期, 密钥, 流量卡, 物联网卡, 附加服务, 高防包, 节点, 域名, 网域, 证书, 凭证, 服务器, 主机, 实例,
    资源, 套餐, 会员, 授权, 许可, 许可证, 合同, 合约, 服务, 订阅, 产品, 空间, 资源包, 流量包, 短信包,
    预留, 节省计划, 信用卡, 银行卡, 支付方式, 卡片, 专线, 数据库, 云盘, 带宽, 公网, 邮箱, ssl, license,
    vip, 版, 包年, 包月, 余额, 额度, 试用, 账号, 账户, 方案, 租约, 维保, 保修, 质保, 号码, 机柜, ip
  `),
  到期: list(`
    到期, 过期, 将满, 失效, 届满, 期满, 截止
  `),
  续费: list(`
    续保, 续签, 续费, 续订, 续约, 续期, 续缴, 续购, 续租
  `),
  充值: list(`
    充值, 储值, 加值, 增值, 充钱, 预存, 补充余额, 购买额度
  `),
};
