import { mail, page } from './mail.ts';

/** English notices that must count. */
export const english = [
  // Suspension.
  mail(
    'suspension',
    'Your Nimbus Cloud account has been suspended',
    `Hi team,

We have suspended your account because invoice NC-20931 is still open after several reminders. Your droplets
were powered off at 04:00 UTC. Pay the invoice from the billing page to bring them back.

Nimbus Cloud Billing`,
  ),
  mail(
    'suspension',
    'Service Suspension Notification',
    `Dear Orchard Ltd,

This is a notification that your service has now been suspended.

Product/Service: Business Hosting L
Due Date: 2026-11-02
Suspension Reason: Overdue on Payment

Please contact us as soon as possible to get your service reactivated.`,
  ),
  mail(
    'suspension',
    'Final notice: access to your workspace ends on Friday',
    `Despite three attempts we could not collect your subscription fee.
Unless the card is updated, your workspace will be deactivated on November 27, 2026 and all members lose access.`,
  ),
  mail(
    'suspension',
    'Action required: API access disabled for org larkspur',
    `Your organization's API access has been disabled because the prepaid balance was used up.
Requests now answer 402 until credits are purchased.`,
  ),
  mail(
    'suspension',
    'Notice about project blue-heron',
    `Billing was disabled on your project since no valid payment method is attached.
As a result, all running instances have been stopped and will be deleted after 30 days.`,
  ),
  mail(
    'suspension',
    'We are about to suspend your SMS service',
    `Your sub-account "alerts-eu" is scheduled for suspension on 30 November because the October invoice remains unpaid.`,
  ),
  mail(
    'suspension',
    'Your site is offline',
    `Hello,
your website orchard.example was taken offline today. The hosting plan was terminated for non-payment.
You can restore it within 14 days by paying the open amount.`,
  ),
  // Arrears.
  mail(
    'arrears',
    'Invoice #48213 is overdue',
    `Hello Finance,

our records show that invoice #48213 over EUR 412.60, due on 3 November, has not been paid. Please settle it this week.`,
  ),
  mail(
    'arrears',
    'PAST DUE: Statement for account 0093-11',
    `The balance shown on your last statement is now 14 days past due. Kindly remit USD 1,280.00.`,
  ),
  mail(
    'arrears',
    'Payment failed for your Driftwood Team plan',
    `We tried to charge the Visa ending in 4421 but the bank declined it. Please update your payment method; we will retry in 3 days.`,
  ),
  mail(
    'arrears',
    "Your payment didn't go through",
    `We couldn't process your payment of $49.00 for Larkspur Pro. It happens! Check your card details to keep your plan.`,
  ),
  mail(
    'arrears',
    'Second reminder',
    `Dear customer,
we have still not received payment for invoice 2026-1187. The amount of CHF 220.00 was due on 1 November.`,
  ),
  mail(
    'arrears',
    'Your account has a negative balance',
    `Usage in the past hours brought your wallet to -12.30 USD. Add funds to clear the debt.`,
  ),
  mail(
    'arrears',
    'Outstanding balance on your Nimbus account',
    `You have an outstanding balance of $86.14. Please pay it to avoid interruption.`,
  ),
  page(
    'arrears',
    'Unpaid invoice',
    `<p>Hi,</p><p>there is an <b>unpaid invoice</b> (INV-0091, &pound;75.00) on your account. <a href="https://x.example">Pay now</a></p>`,
  ),
  mail(
    'arrears',
    'Direct debit returned',
    `Your bank returned our direct debit of EUR 39.00 for lack of cover. The amount is still owed; please transfer it.`,
  ),
  mail(
    'arrears',
    'A message from accounts receivable',
    `Hi Sam, invoice 7731 is 32 days overdue. Could you let us know when we can expect the money?`,
  ),
  // Low balance.
  mail(
    'low_balance',
    'Low balance alert',
    `Your prepaid balance has dropped to $4.12, below the alert level of $10.00 that you set.`,
  ),
  mail(
    'low_balance',
    'Your credits are running low',
    `Hi! Only 1,240 credits are left on your Lantern API account. At today's pace that lasts about two days.`,
  ),
  mail(
    'low_balance',
    '[Finch SMS] Balance below threshold',
    `Account: orchard-prod
Current balance: 18.77 EUR
Threshold: 25.00 EUR`,
  ),
  mail(
    'low_balance',
    'You have used 90% of your monthly quota',
    `Your team has consumed 90% of the 500,000 search requests included in the plan. Requests over the quota will be rejected.`,
  ),
  mail(
    'low_balance',
    "You're out of credits",
    `Your credit balance reached zero at 13:02 UTC. Further calls to the model API return an error until you buy credits.`,
  ),
  mail(
    'low_balance',
    'Insufficient funds for scheduled campaign',
    `The wallet holds $3.00 and the campaign needs $41.50, so it did not start.`,
  ),
  mail(
    'low_balance',
    'Usage notice from Quillstone',
    `This is an automated message. Your remaining credit is nearly exhausted (2% left). Consider buying another pack.`,
  ),
  mail(
    'low_balance',
    'Heads up about your wallet',
    `Your available balance is less than USD 20. Calls may stop when it reaches zero.`,
  ),
  // Expiry.
  mail(
    'expiry',
    'Your domain orchard.example expires in 7 days',
    `The registration of orchard.example ends on 30 November 2026. Renew it so that mail and web keep working.`,
  ),
  mail(
    'expiry',
    'SSL certificate expiring soon',
    `The certificate for *.orchard.example will expire on 2026-12-04. Issue a new one before that date.`,
  ),
  mail(
    'expiry',
    'Your subscription has expired',
    `Your Driftwood subscription expired yesterday. Boards are now read-only.`,
  ),
  mail(
    'expiry',
    'License notice',
    `Your Quillstone Enterprise license (50 seats) will expire in 30 days, on 24 December 2026.`,
  ),
  mail(
    'expiry',
    'Your card ending in 4421 expires next month',
    `The card on file for Larkspur expires 12/26. Please add a new card so that payments keep working.`,
  ),
  mail(
    'expiry',
    'Reserved capacity ending',
    `Reminder: your reserved instances in region eu-2 expire on December 1. From then on usage is billed on demand.`,
  ),
  mail(
    'expiry',
    'Expiration notice - support contract SC-8812',
    `The support contract SC-8812 reaches its end date on 15 December 2026.`,
  ),
  // Bill.
  mail(
    'bill',
    'Your invoice from Nimbus Cloud is ready',
    `Your invoice for October 2026 is now available. Amount due: $312.44. Due date: November 30, 2026.`,
  ),
  mail(
    'bill',
    'Payment reminder',
    `This is a friendly reminder that invoice 5520 (EUR 90.00) is due on 28 November.`,
  ),
  mail(
    'bill',
    'Customer Invoice',
    `This is a notice that an invoice has been generated on 2026-11-18.

Invoice #1904
Amount Due: $25.00 USD
Due Date: 2026-12-02`,
  ),
  mail(
    'bill',
    'Statement of account, November',
    `Total due USD 2,140.00, payable by 5 December 2026 by bank transfer.`,
  ),
  mail('bill', 'Payment due in 3 days', `Your next payment of $120.00 to Finch is due on Friday.`),
  mail(
    'bill',
    'New bill available',
    `A new bill has been posted to your Kestrel account. Please pay $58.20 by December 8.`,
  ),
  // Renewal.
  mail(
    'renewal',
    'Renewal reminder: Driftwood Business',
    `Your annual plan renews on 12 December 2026 for $1,188.00. No need to do anything if you want to continue; change seats before that day.`,
  ),
  mail(
    'renewal',
    'Upcoming renewal of your subscription',
    `We will charge $49.00 to your card on 1 December when your subscription renews automatically.`,
  ),
  mail(
    'renewal',
    'Domain renewal notice',
    `The following domains are due for renewal: orchard.example, orchard-cdn.example.`,
  ),
  mail(
    'renewal',
    'Your plan is about to renew',
    `In 5 days your Larkspur Pro plan will be renewed for another year at EUR 240.`,
  ),
  mail(
    'renewal',
    'Time to renew your maintenance',
    `Please renew your maintenance agreement before 31 December to keep receiving updates.`,
  ),
  // Top-up.
  mail(
    'top_up',
    'Please top up your account',
    `Hello, to keep sending messages next month please top up your Finch account.`,
  ),
  mail('top_up', 'Recharge reminder', `Please recharge account 88120 before the campaign on Monday.`),
  mail(
    'top_up',
    'Add funds to continue',
    `Your jobs are queued. Please add funds to your Lantern wallet so that they can run.`,
  ),
  mail(
    'top_up',
    'Wallet reminder',
    `It is time to top-up the wallet of project heron. Planned usage this week: $80.`,
  ),
];

/** English mails that use the same words and must not count. */
export const englishHarmless = [
  mail(
    'none',
    'Payment received - thank you',
    `We received your payment of $312.44 for invoice 20931. Your balance due is $0.00.`,
  ),
  mail(
    'none',
    'Receipt for invoice #48213',
    `Thanks for your payment. Invoice #48213 has been paid in full. Amount due: 0.00 EUR. Keep this mail for your records.`,
  ),
  mail(
    'none',
    'Your subscription has been renewed',
    `Good news: Driftwood Business was renewed until 12 December 2027. We charged $1,188.00 to your card.`,
  ),
  mail('none', 'Top-up successful', `We added $50.00 to your Finch balance. Your new balance is $54.12.`),
  mail(
    'none',
    'Auto recharge completed',
    `Your balance fell below $10, so we charged your card $50.00 as you asked. No action is required.`,
  ),
  mail(
    'none',
    'Your account has been reactivated',
    `Thanks! Your payment arrived and your service is no longer suspended.`,
  ),
  mail(
    'none',
    'Please stop updates',
    `Can we stop updates of the dashboard over the holidays? The deploy window is closed.`,
  ),
  page(
    'none',
    'Weekly team notes',
    `<style>.expired{color:red} .overdue{display:none}</style><p>Lunch moves to noon. See you.</p>`,
  ),
  mail(
    'none',
    'Your password reset link has expired',
    `The link you asked for is no longer valid. Request a new one from the login page.`,
  ),
  mail(
    'none',
    'Session expired',
    `You were signed out since your session expired. Sign in again to continue.`,
  ),
  mail(
    'none',
    'Top up today and get 20% bonus credits!',
    `Limited time offer: recharge $100 or more and receive 20% extra. Offer ends Sunday. Terms apply. Unsubscribe`,
  ),
  mail(
    'none',
    'Renew now and save 30%',
    `Black Friday is here. Extend any plan for two years and save 30% with code BF26. Unsubscribe from promotional mail.`,
  ),
  mail(
    'none',
    'Last chance: your 15% discount expires tonight',
    `Your exclusive discount expires at midnight. Shop the sale now.`,
  ),
  mail(
    'none',
    'Five habits for a better work-life balance',
    `When energy is low, a short walk helps. Read the article on our blog.`,
  ),
  mail(
    'none',
    'Lantern release notes 4.2',
    `- Fixed: invoices marked overdue twice\n- Fixed: low balance alert sent in the wrong language\n- New: suspend and resume jobs`,
  ),
  mail(
    'none',
    'Laptop fleet: suspend and battery problems',
    `Several laptops do not wake up after suspend. Battery is low in the morning. IT is looking into the kernel.`,
  ),
  mail(
    'none',
    'You have 3 overdue tasks',
    `Tasks overdue: "Write onboarding doc", "Review PR 812", "Book venue".`,
  ),
  mail(
    'none',
    'Set up low balance alerts',
    `You can now configure alerts: when your balance falls below an amount you choose, we will e-mail you.`,
  ),
  mail(
    'none',
    'Your statement: nothing to pay',
    `Your November statement is available. Amount due: $0.00. You do not need to do anything.`,
  ),
  mail(
    'none',
    'Welcome to Finch',
    `Your account is ready. If your balance runs out, messages are queued for 24 hours. Read the quick start guide.`,
  ),
  mail(
    'none',
    'Maintenance window on Saturday',
    `During the maintenance the billing console will be unavailable and jobs may be suspended for some minutes.`,
  ),
  mail(
    'none',
    'Re: Invoice #48213 is overdue',
    `Paid this morning, reference 99120. Best, Sam

On Mon, 23 Nov 2026 at 09:12, Finance <ar@vendor.example> wrote:
> our records show that invoice #48213 is overdue
> please settle it`,
  ),
  mail(
    'none',
    'New sign-in to your account',
    `We noticed a sign-in from a new device. If it was not you, suspend the session and change your password.`,
  ),
  mail(
    'none',
    'Senior billing engineer wanted',
    `You will build our invoicing and payment reminder features: dunning, overdue notices and account suspension.`,
  ),
  mail(
    'none',
    'Invitation expired',
    `The invitation to join the board "Roadmap" has expired. Ask the owner to send another.`,
  ),
  mail('none', 'Refund issued', `We refunded $49.00 to your card. It may take 5 days to show up.`),
  mail(
    'none',
    'Auto-renewal is on',
    `You turned on automatic renewal for orchard.example. There are no unpaid invoices on your account.`,
  ),
  mail(
    'none',
    'How to avoid past due invoices: a guide',
    `Our new article explains dunning, failed payments and how to recover unpaid invoices from your own customers.`,
  ),
  mail(
    'none',
    'Monthly newsletter: what is new at Kestrel',
    `In this issue: usage charts, payment reminders for your clients, and why low balance alerts matter.`,
  ),
  mail('none', 'Code expired?', `Your verification code expires in 10 minutes: 118204`),
  mail(
    'none',
    'Your order has shipped',
    `Order 5512 is on its way. Outstanding items will follow. Balance of the order: 0 items.`,
  ),
  mail(
    'none',
    'Minutes of the board meeting',
    `The motion was suspended. The balance sheet was presented; overdue repairs of the roof were discussed.`,
  ),
];
