import type { MiniProfileName } from "./profile.ts";

/**
 * SHA-256 of every split of seed 0 with the profile's own annotators (`MiniVqa.splitSha256`). The tests recompute
 * them, so a change of a single bit of a single sample shows.
 */
export const MINI_SHA256: Readonly<Record<MiniProfileName, Readonly<Record<string, string>>>> = {
  quick: {
    pretrain: "59424ff99e01b5cdaad8f9638c72bd80a6c27e618f68616e8bd7b7e28f3f5805",
    train: "919ce9fde0ce7c3823a1cf1f680d722b466de0ef06bbcebb4b57f0a318ff213c",
    nominival: "27ed9dd85ac40b898ffc9024e7e94e4dc504248fee6297b7da36bb563697edce",
    minival: "865b219a75f9bae2d9227d5f27801c9231765d480feb7e2c1fef2a58a75e799b",
    test: "4697d54d9a0b5f19a6b222bdf98fef9f359b3139e7c4f6ad4bbb7e82feea9bfc",
  },
  standard: {
    pretrain: "fe82111bf9ac4caafcf55553bd634bf33397c262efe713a8905dfe746c336f63",
    train: "fc3e06a8f0a0723060dc34cb6863914d5e7624f14f3b169a308cef824a2b245b",
    nominival: "25177690667a2817516ff4c0425457248c50a3c3d08553fd5d78e4467fc4c0a0",
    minival: "2a6711304e25186b0a8ab9a43204acf20dffa4f1b7fe5c77f1563dc2e4fe1cd4",
    test: "4fcf1bf5cbf8f410efaf9df44d185de2bab813c94761a3f74c8462a9b212c351",
  },
  hard: {
    pretrain: "06130561182adc86e4fae80689e5f7822e1e7179570414ee61ee4274f618b3c7",
    train: "3e3537cb59134b9415706653ec8debfbce7cd391a95524da5832138fc17d995c",
    nominival: "ea5faca2850422187cec527fbd668a31ac8eda26511b502583912d14787e204b",
    minival: "ac7925011b4e74a000f111976a8e2cbd701ae6b9ef5021536ba35b7f8ff251bf",
    test: "b1b6b6213f22b9e1faddef1623e013e4226db7a4d568fa4af0b939520659ddee",
  },
};
