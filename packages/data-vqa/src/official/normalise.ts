/**
 * String normalisation of the official VQA evaluation (visualqa.org; Antol et al., ICCV 2015), its quirks included,
 * because published numbers contain them.
 */

const MARKS = [
  ";",
  "/",
  "[",
  "]",
  '"',
  "{",
  "}",
  "(",
  ")",
  "=",
  "+",
  "\\",
  "_",
  "-",
  ">",
  "<",
  "@",
  "`",
  ",",
  "?",
  "!",
];
const ANY_MARK = /[;/[\]"{}()=+\\_\-><@`,?!.]/;
const DIGITS_AROUND_COMMA = /\p{Nd},\p{Nd}/u;
const PERIOD_BEFORE_NO_DIGIT = /\.(?!\p{Nd})/gu;
/** The original passes a flag where the number of replacements belongs: later periods stay. */
const MOST_PERIODS = 32;

const NUMBER_WORDS = "zero one two three four five six seven eight nine ten".split(" ");
const DIGITS = new Map([["none", "0"], ...NUMBER_WORDS.map((word, digit): [string, string] => [word, String(digit)])]);
const ARTICLES = new Set(["a", "an", "the"]);

/** Contractions that are put right where an apostrophe is missing. */
const CONTRACTED = `
  ain't aren't can't could've couldn't couldn't've didn't doesn't don't hadn't hadn't've hasn't haven't he'd he'd've
  he's how'd how'll how's isn't it'd it'd've it'll ma'am might've mightn't mightn't've must've mustn't needn't not've
  o'clock oughtn't 'ow's'at shan't she'd've should've shouldn't shouldn't've somebody'd've somebody'll somebody's
  someone'd someone'd've someone'll someone's something'd something'd've something'll that's there'd there'd've
  there're there's they'd they'd've they'll they're they've 'twas wasn't we'd've we've weren't what'll what're what's
  what've when's where'd where's where've who'd who'd've who'll who's who've why'll why're why's won't would've
  wouldn't wouldn't've y'all y'all'll y'all'd've you'd you'd've you'll you're you've`
  .trim()
  .split(/\s+/);

/** From a contraction that lacks one apostrophe to the whole one; a single entry of the original goes the other way. */
const CONTRACTIONS: ReadonlyMap<string, string> = new Map([
  ...CONTRACTED.flatMap((whole) => withoutOneApostrophe(whole).map((lacking): [string, string] => [lacking, whole])),
  ["somebody'd", "somebodyd"],
]);

function withoutOneApostrophe(word: string): string[] {
  return [...word.matchAll(/'/g)].map(({ index }) => word.slice(0, index) + word.slice(index + 1));
}

/**
 * Punctuation removed or turned into spaces. Whether a mark is deleted is decided on the input (it stands beside a
 * space, or the text has a comma between digits, which then goes for every mark), while the output is what changes.
 */
export function processPunctuation(text: string): string {
  if (!ANY_MARK.test(text)) return text;
  const deleteAll = DIGITS_AROUND_COMMA.test(text);
  let out = text;
  for (const mark of MARKS) {
    const replacement = deleteAll || text.includes(`${mark} `) || text.includes(` ${mark}`) ? "" : " ";
    out = out.replaceAll(mark, replacement);
  }
  let periods = 0;
  return out.replace(PERIOD_BEFORE_NO_DIGIT, (period) => (periods++ < MOST_PERIODS ? "" : period));
}

/** Lower case; number words to digits ("none" is 0), articles dropped, contractions given their apostrophe back. */
export function processDigitArticle(text: string): string {
  return words(text.toLowerCase())
    .map((word) => DIGITS.get(word) ?? word)
    .filter((word) => !ARTICLES.has(word))
    .map((word) => CONTRACTIONS.get(word) ?? word)
    .join(" ");
}

/** Both steps, punctuation first: the form in which answers are compared, and enter an answer vocabulary. */
export function normalise(text: string): string {
  return processDigitArticle(processPunctuation(text));
}

/** White space as Python sees it, which includes U+001C to U+001F and U+0085 and not U+FEFF. */
const SPACE = "[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]+";
const SPACES = new RegExp(SPACE);
const OUTER_SPACES = new RegExp(`^${SPACE}|${SPACE}$`, "g");

/** The text without white space at its ends. */
export function stripSpace(text: string): string {
  return text.replace(OUTER_SPACES, "");
}

function words(text: string): string[] {
  return text.split(SPACES).filter((word) => word !== "");
}
