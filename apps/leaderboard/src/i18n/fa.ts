import type { Answers, Phase, Tier } from "../board/board.ts";
import type { Claim } from "../board/claim.ts";
import type { Axis } from "../board/state.ts";
import type { Strings } from "./en.ts";
import { formatFor } from "./format.ts";

const f = formatFor("fa");

const phases: Record<Phase, string> = { pruned: "هرس", rewound: "بازگرداندن", retrained: "بازآموزی" };
const phaseNames: Record<Phase, string> = { pruned: "هرس‌شده", rewound: "بازگردانده", retrained: "بازآموخته" };
const answers: Record<Answers, string> = { all: "همه", yesno: "بله/خیر", number: "عددی", other: "دیگر" };
const axes: Record<Axis, string> = {
  prunable: "وزن‌های هرس‌پذیر",
  total: "کل مدل",
  flops: "شمار محاسبه",
  bytes: "حجم",
  latency: "زمان اجرا",
};
const axisTitles: Record<Axis, string> = {
  prunable: "وزن‌های برداشته‌شده، سهم از وزن‌های هرس‌پذیر",
  total: "وزن‌های برداشته‌شده، سهم از کل مدل",
  flops: "شمار محاسبه در یک گذر، بی‌شمردن صفرها",
  bytes: "حجم فایل فشردهٔ مدل",
  latency: "زمان اندازه‌گرفتهٔ یک دسته",
};
const tiers: Record<Tier, string> = {
  "self-reported": "همه",
  reproduced: "بازتولیدشده یا بهتر",
  attested: "گواهی‌شده",
};

/** The sentences under the question, as in English: what the statistics allow, no more. */
function answer(claim: Claim): { lead: string; rest: string } {
  const { proved, byMean, last, collapse, floor } = claim;
  const sentences: string[] = [];
  if (proved) {
    sentences.push(
      `${f.share(proved.sparsity)} از وزن‌های هرس‌پذیر را می‌شود برداشت و کمتر از یک واحد از دقت کاست، با روش ${f.list(proved.methods)}.`,
    );
  } else if (byMean) {
    sentences.push(
      `شاید بتوان ${f.share(byMean.sparsity)} از وزن‌های هرس‌پذیر را با کاهشی کمتر از یک واحد برداشت، با روش ${f.list(byMean.methods)}؛ ولی دانه‌های این‌جا کمتر یا پراکنده‌تر از آن‌اند که ثابتش کنند.`,
    );
  } else {
    sentences.push("این‌جا هیچ سهمی را نمی‌شود برداشت و کمتر از یک واحد از دقت کاست.");
  }
  if (proved && byMean) {
    sentences.push(
      `تنها از روی میانگین، ${f.list(byMean.methods)} تا ${f.share(byMean.sparsity)} هم دوام می‌آورد، ولی دانه‌ها ثابتش نمی‌کنند.`,
    );
  }
  if (last && last.loss > 0.01) {
    sentences.push(
      `در ${f.share(last.sparsity)} بهترین روش، ${last.method}، هم ${f.points(last.loss)} واحد از دست می‌دهد.`,
    );
  }
  if (collapse && floor !== null) {
    sentences.push(
      `${collapse.method} از ${f.share(collapse.sparsity)} به بعد از یک پاسخ ثابت به همهٔ پرسش‌ها (${f.accuracy(floor)}) بهتر نیست.`,
    );
  }
  const [lead = "", ...rest] = sentences;
  return { lead, rest: rest.join(" ") };
}

export const fa: Strings = {
  language: "fa",
  direction: "rtl",
  name: "فارسی",
  site: "TicketBench",
  skip: "رفتن به متن",
  nav: {
    board: "جدول",
    methods: "روش‌ها",
    compare: "مقایسه",
    questions: "پرسش‌ها",
    cells: "نتیجه‌ها",
    audit: "بازبینی",
    compression: "فشرده‌سازی",
    data: "داده‌ها",
    about: "دربارهٔ سنجش",
    contribute: "افزودن روش",
    changelog: "تغییرها",
  },
  mainNavigation: "اصلی",
  theme: { label: "رنگ‌ها", auto: "مانند سیستم", light: "روشن", dark: "تیره" },
  footer: "سنجشی آزاد برای روش‌های هرس در شبکه‌ای که تصویر و زبان را می‌فهمد. هر عدد به فایلی می‌رسد که از آن آمده است.",
  board: {
    title: "چقدر از شبکه‌ای که تصویر و زبان را می‌فهمد دورریختنی است؟",
    pageTitle: "TicketBench: چقدر از LXMERT را می‌شود هرس کرد؟",
    description:
      "مقایسهٔ روش‌های هرس LXMERT در پاسخ به پرسش‌های تصویری: دقت در برابر تُنُکی، همراه با بازه‌ها، آزمون‌های جفتی و همهٔ عددهای پشت آن.",
    noResults: "هنوز نتیجه‌ای نیست",
    noResultsHelp: "چیزی برای رسم نیست: پوشهٔ نتیجه‌ها خالی است. یک مطالعه را اجرا کنید و وبگاه را از خروجی‌اش بسازید:",
    answer,
    controls: "چه نشان داده شود",
    refine: "گزینه‌های بیشتر",
    track: "مسیر",
    after: "پس از",
    answersTo: "پرسش‌ها",
    across: "در برابر",
    tier: "اعتماد",
    methods: "روش‌ها",
    front: "مرز پارتو",
    showAll: "نمایش همه",
    wholeRange: "همهٔ محور",
    reset: "از نو",
    phases,
    phaseNames,
    answers,
    axes,
    axisTitles,
    tiers,
    dense: "کامل",
    floor: "همیشه یک پاسخ",
    floorShort: "یک پاسخ",
    caption: (dataset, split) => `دقت روی ${dataset}، بخش ${split}، درصد`,
    captionNote: (questions) => `${f.integer(questions)} پرسش؛ میانگین و بازهٔ ۹۵ درصدی روی دانه‌ها`,
    chartDescription: (methods, points) =>
      `${f.integer(methods)} روش، ${f.integer(points)} نقطه. هر نقطه یک پیوند است؛ کلیدهای جهت از نقطه‌ای به نقطهٔ دیگر می‌روند و [ و ] بخش پیش چشم محور را از آن‌جا آغاز یا تمام می‌کنند. جدول زیر همین را می‌گوید.`,
    spoken: (method, share, accuracy, interval, n) =>
      `${method}، ${share}: ${accuracy}${interval === null ? "" : ` (بازهٔ ۹۵ درصدی ${interval})`}، n = ${f.integer(n)}`,
    ofPrunable: (share) => `${share} از وزن‌های هرس‌پذیر`,
    hidden: (cells) =>
      cells === 0 ? "صافی‌ها چیزی را پنهان نکرده‌اند." : `${f.integer(cells)} نتیجه پشت صافی‌ها پنهان است.`,
    failed: (cells) => (cells === 0 ? "" : `${f.integer(cells)} آزمایش شکست خورده و در میان نتیجه‌ها فهرست شده است.`),
    empty: "هیچ‌یک از روش‌های انتخاب‌شده برای این گزینه نتیجه‌ای ندارد.",
    noCost: "نتیجه‌های انتخاب‌شده دربارهٔ این محور چیزی نمی‌گویند.",
    tableTitle: "همین، در جدول",
    tableNote:
      "دقت به درصد، ± نیمی از بازهٔ ۹۵ درصدی روی n دانه (برای n = ۱ بازه‌ای نیست). روش‌هایی که آزمون جفتی روی پرسش‌ها از هم بازشان نمی‌شناسد یک رتبه دارند (=)؛ رتبه‌ها روش‌های پنهان را هم می‌شمارند و دست‌کم سه دانه می‌خواهند. برای چیدن بر پایهٔ یک تُنُکی، آن را برگزینید. زیر نام هر روش: میانگین زمانی که ساختن یک نتیجه‌اش گرفته است.",
    costEach: (time) => `هر نتیجه ${time}`,
    seedTable: {
      title: "تک‌تک دانه‌ها، با هزینهٔ هرکدام",
      elsewhere: "تک‌تک دانه‌ها، با هزینهٔ هرکدام، در",
      elsewhereLink: "فهرست نتیجه‌ها",
      asked: "خواسته",
      prunable: "از هرس‌پذیرها",
      total: "از کل",
      seed: "دانه",
      accuracy: "دقت",
      cost: "هزینه",
    },
    rank: "رتبه",
    method: "روش",
    sparsities: "از هرس‌پذیرها / از کل",
    seeds: (n) => `n ${f.integer(n)}`,
    take: "برداشتن",
    download: "دریافت آن‌چه نشان داده شده",
    copy: "رونوشت به شکل",
    copied: "رونوشت شد",
    link: "پیوند",
  },
  notFound: {
    title: "این‌جا چیزی نیست",
    text: "این نشانی به جایی نمی‌رسد. شاید نتیجه‌ای بوده که شناسهٔ دیگری گرفته است؛ فهرست نتیجه‌ها همه را دارد.",
    home: "به جدول",
    cells: "به نتیجه‌ها",
  },
};
