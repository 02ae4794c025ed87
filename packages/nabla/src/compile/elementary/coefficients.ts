/** The constants of the elementary functions, written by scripts/elementary-coefficients.py. */

export interface Coefficients {
  readonly smallestNormal: number;
  /** ln 2 in two parts: n times the high one is exact. */
  readonly ln2High: number;
  readonly ln2Low: number;
  /** The same, with all digits in the first one. */
  readonly ln2Nearest: number;
  readonly ln2Rest: number;
  /** The least x with eˣ a normal number, the largest with eˣ finite. */
  readonly lnSmallest: number;
  readonly lnLargest: number;
  /** eʳ = 1 + r + r²·Σ exp[k]·rᵏ, |r| ≤ ½ln 2 */
  readonly exp: readonly number[];

  /** Below it eˣ − 1 rounds to −1. */
  readonly expm1End: number;
  /** r·coth(r/2) = 2 + z·Σ expm1[k]·zᵏ, z = r², |r| ≤ 0.406 */
  readonly expm1: readonly number[];

  /** v·coth v = 1 + z·Σ tanh[k]·zᵏ, z = v², |v| ≤ tanhSplit; beyond tanhEnd tanh x rounds to ±1. */
  readonly tanhSplit: number;
  readonly tanhEnd: number;
  readonly tanh: readonly number[];

  /** 2·artanh(s)/s = 2 + z·Σ log[k]·zᵏ, z = s², |s| ≤ (√2 − 1)/(√2 + 1) */
  readonly log: readonly number[];

  /** erf(x)/x = 1 + Σ erf[k]·x²ᵏ up to erfSplit; ln erfc(x) = x·Σ lnErfc[k]·xᵏ up to erfEnd. */
  readonly erfSplit: number;
  readonly erfEnd: number;
  readonly erf: readonly number[];
  readonly lnErfc: readonly number[];
}

const float32: Coefficients = {
  smallestNormal: 1.1754943508222875e-38,
  ln2High: 0.693145751953125,
  ln2Low: 1.428606765330187e-6,
  ln2Nearest: 0.6931471824645996,
  ln2Rest: -1.9046542121259336e-9,
  lnSmallest: -87.33654022216797,
  lnLargest: 88.72283172607422,
  exp: [
    0.4999999403953552, 0.1666652113199234, 0.04166838899254799, 0.00836870726197958,
    0.001381446490995586,
  ],
  expm1End: -18,
  expm1: [0.16666589677333832, -0.002762672957032919],
  tanhSplit: 0.703125,
  tanhEnd: 10,
  tanh: [0.33333325386047363, -0.0222206749022007, 0.002106802072376013, -0.00018786403234116733],
  log: [0.6666677594184875, 0.3997754156589508, 0.2987171709537506],
  erfSplit: 0.90625,
  erfEnd: 3.9375,
  erf: [
    0.12837915122509003, -0.37612515687942505, 0.11282053589820862, -0.026775533333420753,
    0.005006704945117235, -0.0006061989697627723,
  ],
  lnErfc: [
    -1.1285148859024048, -0.6357170343399048, -0.10526289790868759, 0.02289023995399475,
    -0.0032149245962500572, 0.00021396814554464072,
  ],
};

const float64: Coefficients = {
  smallestNormal: 2.2250738585072014e-308,
  ln2High: 0.6931471805598903,
  ln2Low: 5.497923018708371e-14,
  ln2Nearest: Math.LN2,
  ln2Rest: 2.3190468138462996e-17,
  lnSmallest: -708.3964185322641,
  lnLargest: 709.782712893384,
  exp: [
    0.5000000000000011, 0.16666666666666413, 0.041666666666530225, 0.00833333333349414,
    0.0013888888943607838, 0.00019841269507284818, 2.480149312548762e-5, 2.755758577185557e-6,
    2.7630237791449976e-7, 2.5000236558958016e-8,
  ],
  expm1End: -38,
  expm1: [
    0.16666666666666355, -0.002777777777508457, 6.613755861015185e-5, -1.6533472916941882e-6,
    4.1243980530133916e-8,
  ],
  tanhSplit: 0.703125,
  tanhEnd: 20,
  tanh: [
    0.33333333333333326, -0.022222222222215725, 0.0021164021162196076, -0.00021164020912423784,
    2.1377779506774706e-5, -2.164311372048642e-6, 2.1898759567882829e-7, -2.1730665747121037e-8,
    1.763371958291331e-9,
  ],
  log: [
    0.6666666666666734, 0.39999999999414704, 0.28571428742387633, 0.22222198572615212,
    0.18183564380846956, 0.15314048629204222, 0.1479597311795322,
  ],
  erfSplit: 0.90625,
  erfEnd: 6,
  erf: [
    0.1283791670955126, -0.37612638903183726, 0.112837916709535, -0.02686617064476511,
    0.0052239776211717315, -0.0008548326728846452, 0.0001205532006276004, -1.4925276171057454e-5,
    1.6454850450092805e-6, -1.6272002558058727e-7, 1.4027324519144609e-8, -8.438347494450236e-10,
  ],
  lnErfc: [
    -1.128379158234173, -0.636619811384641, -0.10277273421224713, 0.01913004229917038,
    0.0002027103409114293, -0.001680069841902533, 0.000561884188618938, 1.104872869287306e-5,
    -0.00010171098922629421, 5.906891606787259e-5, -2.1513806270918413e-5, 5.734572011582277e-6,
    -1.1593614635847078e-6, 1.7733487555502606e-7, -1.9975356887827314e-8, 1.566355180616905e-9,
    -7.64171766989248e-11, 1.7463739005997247e-12,
  ],
};

export const coefficients = { float32, float64 } as const;
