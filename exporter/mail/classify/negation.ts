/**
 * What the words around a term do to it. All of this looks at one normalised sentence and at the place in it
 * where a term matched.
 */

export type Weight = 'stated' | 'threatened' | 'void';

/** How far back a "not" reaches, in characters of the same clause. */
const reach = 32;

const denial =
  /\b(no|not|nothing|never|without|neither|nor|none|avoid|avoids|avoiding|prevent|prevents|preventing|cannot|zero|free of|instead of|rather than|protect against|no longer|stop|reduce|fewer|kein|keine|keinen|keiner|nicht|niemals|ohne|aucun|aucune|jamais|sans|ningún|ninguna|nunca|sin)\b|\w+n't\b/;

/** Such words before a term deny nothing: they urge. */
const urging =
  /\b(don't|do not|never) (let|forget|miss|ignore|lose|get|wait|delay|risk)\b|\bnot (only|just)\b|\bno (later|matter)\b/;

const denialInside =
  /\b(not|never|no longer|no)\b|\w+n't\b|不会|不再|不被|未被|没有|并未|无需|不影响|避免|以免|防止|免于|不需/;

/** A "not" that says what is wrong rather than that nothing is. */
const idiom =
  /\b(not|no longer|\w+n't)( yet| been)* (go|gone|enough|sufficient|processed|completed|successful|accepted|authori[sz]ed|honou?red|succeed|work|clear|last|valid|be valid|paid|settled|received|reached|working|running|available)\b|\b(could not|couldn't|cannot|can't) be (processed|completed|collected|charged|made|taken|authori[sz]ed)\b/g;

const chineseDenial =
  /(无(?!法|锡)|没有|不会|不再|不曾|并未|并非|非(?!常)|免于|尚无|暂无|不存在|未(?!能|及时|按|续|付|支付|缴|结|还)|不(?!足|够|久|日|仅|能|成功|得|良))[^,。;:]{0,5}$/;

const chineseAvoidance =
  /(不怕|再也不|不用担心|告别|避免|以免|防止|谨防|以防|免得|预防|杜绝|防范|规避|减少|告别|解决)[^,。;:]{0,16}$/;

const condition =
  /\b(if|whether|when(?! we\b| our\b| i\b)|whenever|unless|until|in case|in the event|as soon as|once(?! again| more)|wenn|falls|sobald|bevor|lorsque|lorsqu|cuando|en caso de|au cas où)\b|^should\b|(如果|如(?!期|下|需帮|有疑|有任何疑)|若|假如|倘若|一旦|当(?!前|月|日|天|期|地|时|季)|要是|万一|只要|每当|凡|遇到)/;

/** The condition stands before, and the term in what follows from it. */
const consequence =
  /\b(if|after|unless|otherwise|or else|failure to|may|might|could|would|can)\b|(否则|如果|如(?!期|下|需帮|有疑)|若|倘若|一旦|可能|或将|有可能|逾期未|逾期将|未.{0,12}的,)/;

/** Somebody will be told of it in time: so it has not come yet. */
const announced =
  /\b(will|we'll|can|to|be|gets?|automatically) (remind|notify|tell|warn|inform|e-?mail|alert|let) (you|them|me|us)\b|会(提前|自动|及时)?(通知|提醒)/;

const conditionAfter =
  /^[^,。;:]{0,3}((?<![课小工按及同随实届定])时(?![间长])|之时|的话|场合|た际|れば|たら|的情况|之前|前(?!往|去|台))/;

/** Someone explains or sets something up. */
const explaining =
  /\b(what happens|explain|explains|explained|learn (more|how|about)|how to|set up|configure|enable|turn on|customi[sz]e|for example|e\.g|such as|supports?|feature|simulate|testing|detect(s|ion)?)\b|(如何|设置|配置|可以在|说明|演示|模块|功能开发|功能完成|功能上线|策略|文案|逻辑|流程|例如|比如|讨论)/;

/** Someone talks about a product that does this. */
const productTalk =
  /(功能上线|上线啦|新功能|功能升级|弹窗|模块|玩法)|(?<![-"'_./a-z])(sandbox(?![-_.])|dashboard filter|banner|pop-?up)\b/;

const settingUp = /\b(alerts|reminders|notifications)\b/;

/** Whether a phrase that was matched has a denial in it, of whatever kind. */
export function isDenied(matched: string): boolean {
  return denialInside.test(matched);
}

/** A "not" in an earlier clause of a match denies that one: "was not renewed, so it has been suspended". */
function lastClause(matched: string): string {
  return matched.split(/,| and | so | but | because /).at(-1) ?? matched;
}

/** What stands before a place in the same clause. */
export function clauseBefore(sentence: string, index: number): string {
  const before = sentence.slice(0, index);
  const start = Math.max(
    ...[',', ';', ':', '。', '(', ' - ', '|', '"'].map((mark) => {
      const at = before.lastIndexOf(mark);
      return at < 0 ? 0 : at + mark.length;
    }),
    ...[' but ', ' and ', ' so ', ' because ', ' since ', ' as '].map((word) => {
      const at = before.lastIndexOf(word);
      return at < 0 ? 0 : at + word.length;
    }),
  );
  return before.slice(start);
}

/** The clause up to the last real stop; "and" does not end a condition. */
function conditionBefore(sentence: string, index: number): string {
  const before = sentence.slice(0, index);
  return before.slice(Math.max(0, ...[',', ';', ':', '。', '('].map((mark) => before.lastIndexOf(mark) + 1)));
}

const asksFirst =
  /^(is|are|am|was|were|do|does|did|has|have|had|will|would|can|could|should|may|what|how|why|when|where|which|who|need|want|worried|tired|running|looking|ever|not sure|si|wie|was|warum|ist|sind|haben|comment|pourquoi|cómo|qué)\b|^(是否|如何|怎么|为什么|什么|难道|您是不是|你是不是)/;

/**
 * Whether what ends at a place in a sentence is part of a question. "Your balance is low - top up now?" states first
 * and asks then.
 */
function isAsked(sentence: string, end: number): boolean {
  if (!sentence.endsWith('?')) return false;
  if (asksFirst.test(sentence) || /(怎么办|怎样|如何|为什么|吗|呢)\?$/.test(sentence)) return true;
  return !/[,;:]|\.\.\.| - |\bso\b|\band\b/.test(sentence.slice(end, -1));
}

/**
 * Whether the match of a term in a sentence states a fact, states what would follow ("otherwise it will be
 * suspended"), or states nothing: denied, put as a condition or a question, or explained.
 *
 * `negative` terms have their own "not" in them ("has not been paid").
 */
export function weigh(sentence: string, index: number, matched: string, negative: boolean): Weight {
  if (isAsked(sentence, index + matched.length) || productTalk.test(sentence)) return 'void';
  if (/["「『]$/.test(sentence.slice(0, index)) && /^["」』]/.test(sentence.slice(index + matched.length)))
    return 'void';
  const clause = clauseBefore(sentence, index);
  const near = clause.slice(-reach);
  if (denial.test(near) && !urging.test(clause)) return 'void';
  if (chineseDenial.test(near) || chineseAvoidance.test(near)) return 'void';
  if (!negative && denialInside.test(lastClause(matched).replace(idiom, ''))) return 'void';
  if (condition.test(conditionBefore(sentence, index))) return 'void';
  if (conditionAfter.test(sentence.slice(index + matched.length))) return 'void';
  if (explaining.test(clause) || (settingUp.test(matched) && /\b(set up|manage|turn)\b/.test(sentence)))
    return 'void';
  if (announced.test(sentence) && /\b(before|when|once|if|whenever)\b|时|前|会自动/.test(sentence))
    return 'void';
  if (consequence.test(sentence.slice(0, index + matched.length))) return 'threatened';
  return 'stated';
}
