export type Language = "en" | "fa";

/** Numbers as people of one language read them. Fractions go in, the right number of digits comes out. */
export interface Format {
  /** 0.7027 -> "70.3": an accuracy in percent, whose unit stands in the heading. */
  readonly points: (fraction: number) => string;
  /** 0.7027 and 0.72 -> "70.3–72.0". */
  readonly range: (low: number, high: number) => string;
  /** 0.7027 -> "70.3 %". */
  readonly accuracy: (fraction: number) => string;
  /** 0.5 -> "50 %", 0.4243 -> "42.4 %". */
  readonly share: (fraction: number) => string;
  readonly integer: (value: number) => string;
  /** -0.012 -> "−1.2": a difference of accuracies in points, with its sign. */
  readonly difference: (fraction: number) => string;
  /** Bytes, operations, seconds: three digits and a prefix. */
  readonly bytes: (value: number) => string;
  readonly operations: (value: number) => string;
  readonly seconds: (value: number) => string;
  readonly date: (iso: string) => string;
  readonly list: (words: readonly string[]) => string;
  /** Any number, three significant digits. */
  readonly number: (value: number) => string;
}

const BYTE_UNITS = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"] as const;
const OPERATION_UNITS = ["", "k", "M", "G", "T", "P", "E"] as const;

/** The largest power of 1000 not above the value, as an index into a list of that many units. */
function prefix(value: number, units: number): number {
  return value < 1000 ? 0 : Math.min(units - 1, Math.floor(Math.log10(value) / 3 + 1e-9));
}

function makeFormat(language: Language): Format {
  const number = (options: Intl.NumberFormatOptions): ((value: number) => string) => {
    const format = new Intl.NumberFormat(language, options);
    return (value) => format.format(value);
  };
  const oneDecimal = number({ minimumFractionDigits: 1, maximumFractionDigits: 1 });
  const signed = number({ minimumFractionDigits: 1, maximumFractionDigits: 1, signDisplay: "exceptZero" });
  const upToOne = number({ maximumFractionDigits: 1 });
  const precise = number({ maximumSignificantDigits: 3 });
  const points = (fraction: number): string => oneDecimal(fraction * 100);
  const percent = language === "fa" ? "٪" : "\u202f%";
  const compact = number({ notation: "compact", maximumSignificantDigits: 3 });
  const dates = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeZone: "UTC" });
  const lists = new Intl.ListFormat(language, { type: "conjunction" });
  const byteFormats = BYTE_UNITS.map((unit) => number({ style: "unit", unit, maximumSignificantDigits: 3 }));
  return {
    points,
    range: (low, high) => (language === "fa" ? `${points(low)} تا ${points(high)}` : `${points(low)}–${points(high)}`),
    accuracy: (fraction) => oneDecimal(fraction * 100) + percent,
    share: (fraction) => upToOne(fraction * 100) + percent,
    integer: number({ maximumFractionDigits: 0 }),
    difference: (fraction) => {
      const words = signed(fraction * 100).replace("-", "−");
      // The mark that Intl puts before a sign would turn all numbers after it around as well.
      return language === "fa" ? `\u2066${words.replace("\u200e", "")}\u2069` : words;
    },
    bytes: (value) => {
      const index = prefix(value, BYTE_UNITS.length);
      return byteFormats[index]?.(value / 1000 ** index) ?? "";
    },
    operations: (value) => {
      if (language === "fa") return compact(value);
      const index = prefix(value, OPERATION_UNITS.length);
      return `${precise(value / 1000 ** index)}\u202f${OPERATION_UNITS[index] ?? ""}FLOP`;
    },
    seconds: (value) => {
      if (value < 1) return number({ style: "unit", unit: "millisecond", maximumSignificantDigits: 3 })(value * 1000);
      if (value < 120) return number({ style: "unit", unit: "second", maximumSignificantDigits: 3 })(value);
      return number({ style: "unit", unit: "minute", maximumSignificantDigits: 3 })(value / 60);
    },
    date: (iso) => dates.format(new Date(iso)),
    list: (words) => lists.format(words),
    number: precise,
  };
}

const FORMATS = { en: makeFormat("en"), fa: makeFormat("fa") };

export function formatFor(language: Language): Format {
  return FORMATS[language];
}
