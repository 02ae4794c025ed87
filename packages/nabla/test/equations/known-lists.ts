/** Lists of equations that are known to be hard for a rule of differentiation, or well known. */

import type { SystemText } from "../../src/equations/system.ts";

export interface KnownList extends SystemText {
  readonly name: string;
  /** Of each batch, unless another number is as good. */
  readonly rows: number;
}

const named = { inputs: "x", targets: "y", outputs: "a", cost: "C", rows: 4 } as const;

export const knownLists: readonly KnownList[] = [
  {
    ...named,
    name: "softmax in one equation, the output's index used again in the sum",
    equations: `
      z[n,k] = Σ_i W[k,i]·x[n,i] + b[k]
      a[n,k] = exp(z[n,k])/Σ_k exp(z[n,k])
      C = −1/N·Σ_n Σ_k y[n,k]·log(a[n,k])`,
    extents: { i: 3, k: 4 },
  },
  {
    ...named,
    name: "softmax in one equation, with a new index in the sum",
    equations: `
      a[n,k] = exp(Σ_i W[k,i]·x[n,i])/Σ_l exp(Σ_i W[l,i]·x[n,i])
      C = −1/N·Σ_n Σ_k y[n,k]·log(a[n,k])`,
    extents: { i: 3, k: 4, l: 4 },
  },
  {
    ...named,
    name: "softmax and the squared error",
    equations: `
      z[n,k] = Σ_i W[k,i]·x[n,i]
      m[n] = max_k z[n,k]   stabiliser
      s[n] = Σ_k exp(z[n,k] − m[n])
      a[n,k] = exp(z[n,k] − m[n])/s[n]
      C = 1/N·Σ_n Σ_k 1/2·(a[n,k] − y[n,k])^2`,
    extents: { i: 3, k: 4 },
  },
  {
    ...named,
    name: "a classifier of two layers with the cross-entropy",
    equations: `
      z1[n,j] = Σ_i W1[j,i]·x[n,i] + b1[j]
      a1[n,j] = tanh(z1[n,j])
      z2[n,k] = Σ_j W2[k,j]·a1[n,j] + b2[k]
      m[n]    = max_k z2[n,k]                               stabiliser
      s[n]    = Σ_k exp(z2[n,k] − m[n])
      c[n]    = Σ_k y[n,k]·(log s[n] − (z2[n,k] − m[n]))
      C       = 1/N · Σ_n c[n]`,
    extents: { i: 3, j: 5, k: 4 },
    outputs: "z2",
  },
  {
    name: "an autoencoder with tied weights",
    equations: `
      h[n,j] = tanh(Σ_i W[j,i]·x[n,i] + b[j])
      a[n,i] = Σ_j W[j,i]·h[n,j] + d[i]
      C = 1/N·Σ_n Σ_i 1/2·(a[n,i] − x[n,i])^2`,
    extents: { i: 4, j: 3 },
    inputs: "x",
    outputs: "a",
    cost: "C",
    rows: 5,
  },
  {
    ...named,
    name: "a matrix times its own transpose, element by element",
    equations: `
      a[n,j] = Σ_i W[j,i]·W[i,j]·x[n,i]
      C = 1/N·Σ_n Σ_j (a[n,j] − y[n,j])^2`,
    extents: { i: 3, j: 3 },
  },
  {
    ...named,
    name: "a diagonal",
    equations: `
      a[n,i] = tanh(X[i,i]·x[n,i]) + Σ_j X[i,j]·x[n,j]
      C = 1/N·Σ_n Σ_i (a[n,i] − y[n,i])^2 + Σ_i X[i,i]^3`,
    extents: { i: 3, j: 3 },
  },
  {
    ...named,
    name: "a Gram matrix over two indices of one tensor",
    equations: `
      G[i,j] = Σ_k X[i,k]·X[j,k]
      a[n,i] = Σ_j G[i,j]·x[n,j]
      C = 1/N·Σ_n Σ_i (a[n,i] − y[n,i])^2 + 0.1·Σ_{i,j} G[i,j]^2`,
    extents: { i: 3, j: 3, k: 2 },
  },
  {
    ...named,
    name: "a sum inside tanh",
    equations: `
      a[n] = tanh(Σ_i w[i]·x[n,i])
      C = 1/N·Σ_n (a[n] − y[n])^2`,
    extents: { i: 4 },
  },
  {
    ...named,
    name: "a variance in one equation",
    equations: `
      z[n,j] = Σ_i W[j,i]·x[n,i]
      a[n] = mean_j (z[n,j] − mean_k z[n,k])^2
      C = 1/N·Σ_n (a[n] − y[n])^2`,
    extents: { i: 3, j: 4, k: 4 },
  },
  {
    ...named,
    name: "layer normalisation in one equation",
    equations: `
      z[n,j] = Σ_i W[j,i]·x[n,i]
      a[n,j] = g[j]·(z[n,j] − mean_j z[n,j])/sqrt(mean_j (z[n,j] − mean_k z[n,k])^2 + 1e-5) + o[j]
      C = 1/N·Σ_n Σ_j (a[n,j] − y[n,j])^2`,
    extents: { i: 3, j: 4, k: 4 },
  },
  {
    ...named,
    name: "max pooling over the windows of a convolution",
    equations: `
      h[n,s,f] = tanh(Σ_r K[f,r]·x[n,s+r])
      p[n,t,f] = max_r h[n,2*t+r,f]
      a[n] = Σ_{t,f} V[t,f]·p[n,t,f]
      C = 1/N·Σ_n (a[n] − y[n])^2`,
    extents: { s: 6, t: 3, f: 2, r: 2 },
  },
  {
    ...named,
    name: "a convolution",
    equations: `
      h[n,t] = tanh(Σ_r K[r]·x[n,t+r])
      a[n,u] = Σ_r K[r]·h[n,u+r]
      C = 1/N·Σ_n Σ_u (a[n,u] − y[n,u])^2`,
    extents: { t: 5, r: 3, u: 3 },
  },
  {
    ...named,
    name: "a parameter read at a sum of indices, as in a Toeplitz matrix",
    equations: `
      a[n,t] = Σ_r K[t+r]·x[n,r]
      C = 1/N·Σ_n Σ_t (a[n,t] − y[n,t])^2`,
    extents: { t: 4, r: 3 },
  },
  {
    ...named,
    name: "a convolution in steps of two, and single places of a parameter",
    equations: `
      h[n,s] = x[n,s]·v[s] + v[0] − v[2]
      a[n,t] = Σ_r K[r]·h[n,2*t+r] + h[n,5−t]
      C = 1/N·Σ_n Σ_t (a[n,t] − y[n,t])^2`,
    extents: { t: 3, r: 2, s: 6 },
  },
  {
    ...named,
    name: "an embedding",
    equations: `
      a[n,k] = Σ_d V[k,d]·tanh(E[id[n],d])
      C = 1/N·Σ_n Σ_k (a[n,k] − y[n,k])^2`,
    extents: { id: 5, d: 3, k: 2 },
    inputs: "id",
    rows: 7,
  },
  {
    ...named,
    name: "a bag of words, each read from the same table, and weights by place and word",
    equations: `
      a[n,d] = Σ_t E[word[n,t],d]·P[t,word[n,t]]
      C = 1/N·Σ_n Σ_d (a[n,d] − y[n,d])^2`,
    extents: { word: 4, t: 3, d: 2 },
    inputs: "word",
    rows: 5,
  },
  {
    name: "the cross-entropy of a class given by its number",
    equations: `
      z[n,k] = Σ_i W[k,i]·x[n,i]
      m[n] = max_k z[n,k]   stabiliser
      c[n] = log(Σ_k exp(z[n,k] − m[n])) + m[n] − z[n,class[n]]
      C = mean_n c[n]`,
    extents: { i: 3, k: 4, class: 4 },
    inputs: ["x", "class"],
    outputs: "z",
    cost: "C",
    rows: 6,
  },
  {
    ...named,
    name: "weights that two equations share",
    equations: `
      h[n,j] = tanh(Σ_i U[j,i]·x[n,i] + b[j])
      g[n,j] = tanh(Σ_k W[j,k]·h[n,k] + b[j])
      a[n,j] = tanh(Σ_k W[j,k]·g[n,k] + b[j])
      C = 1/N·Σ_n Σ_j (a[n,j] − y[n,j])^2`,
    extents: { i: 3, j: 4, k: 4 },
  },
  {
    name: "a bilinear form",
    equations: `
      a[n] = Σ_{i,j} u[n,i]·W[i,j]·v[n,j]
      C = 1/N·Σ_n (a[n] − y[n])^2`,
    extents: { i: 3, j: 2 },
    inputs: ["u", "v"],
    targets: "y",
    outputs: "a",
    cost: "C",
    rows: 5,
  },
  {
    ...named,
    name: "self-attention",
    equations: `
      q[n,t,e] = Σ_d Q[e,d]·x[n,t,d]
      k[n,t,e] = Σ_d K[e,d]·x[n,t,d]
      v[n,t,e] = Σ_d V[e,d]·x[n,t,d]
      s[n,t,u] = Σ_e q[n,t,e]·k[n,u,e]/sqrt(2)
      m[n,t] = max_u s[n,t,u]   stabiliser
      w[n,t,u] = exp(s[n,t,u] − m[n,t])/Σ_u exp(s[n,t,u] − m[n,t])
      a[n,t,e] = Σ_u w[n,t,u]·v[n,u,e]
      C = 1/N·Σ_n Σ_{t,e} (a[n,t,e] − y[n,t,e])^2`,
    extents: { t: 3, u: 3, d: 2, e: 2 },
    rows: 2,
  },
  {
    ...named,
    name: "a single number as a parameter, and penalties",
    equations: `
      a[n] = alpha[]·Σ_i W[i]·x[n,i] + beta[]^2
      C = 1/N·Σ_n 1/2·(a[n] − y[n])^2 + 0.01/2·Σ_i W[i]^2 + 0.02·Σ_i abs(W[i]) + exp(alpha[])`,
    extents: { i: 4 },
  },
  {
    ...named,
    name: "min, max, abs, sign and select",
    equations: `
      z[n,j] = Σ_i W[j,i]·x[n,i] + b[j]
      a[n,j] = max(z[n,j], 0.1·z[n,j]) + min(z[n,j], b[j]) − abs(z[n,j] − b[j])
      c[n] = Σ_j select(z[n,j] > y[n,j], sign(z[n,j])·a[n,j]^2, exp(a[n,j])·b[j])
      C = 1/N·Σ_n c[n]`,
    extents: { i: 3, j: 4 },
  },
  {
    ...named,
    name: "the outputs' own index bound again in a sum of the same equation",
    equations: `
      a[n,j] = Σ_i W[j,i]·x[n,i]·Σ_j W[j,i]·Σ_i W[j,i]
      C = 1/N·Σ_n Σ_j (a[n,j] − y[n,j])^2`,
    extents: { i: 3, j: 2 },
  },
];
