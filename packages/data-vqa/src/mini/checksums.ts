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
    pretrain: "cae341920b89f813e3a5bcf0263696370857abc45d02b7d701e677c96c4b19e3",
    train: "f9cc7c8cae37d6a88449499db5fee043bd97010a61ef554f5e4cad558ebd068d",
    nominival: "a9c1ec224e5674ed46427588ee0e82a8b9b98826bf2a3b09c50f382e1d33f790",
    minival: "04085ec6eed7ac759d38536b4f9a3f2bbd7518d8580409cd3f7ad6abcd4a3029",
    test: "4fcf1bf5cbf8f410efaf9df44d185de2bab813c94761a3f74c8462a9b212c351",
  },
  hard: {
    pretrain: "59634bb5dfddebd19c485a0de7ecb29573f2138cc56507646af2c8c73cbf9696",
    train: "f63a69ed3a665ce8b4e29f5387a85ac680443cdaadeb1880ca7dab06caec6a34",
    nominival: "219e4332435df76cc7db241ce0dbbfb393d805aed2811586945432b1cfe8bd75",
    minival: "a71549323a9bcb7907da6d27b7964b4990db4d05eb6b517db36735a0a557d110",
    test: "58419a3422d7e4be5f600f196a96c933a28461a7832bfc1742249ae94dc927da",
  },
};
