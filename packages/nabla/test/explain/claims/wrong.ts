/** Wrong claims as learners write them, by hand; each with the slip that was made on purpose. */

import type { NetworkName } from "./networks.ts";

export interface WrongClaim {
  readonly claim: string;
  readonly slip: string;
}

export const wrongClaims: Readonly<Record<NetworkName, readonly WrongClaim[]>> = {
  classic: [
    { slip: "sign", claim: "delta2[k] = (y[k] - a2[k])*sigmoid'(z2[k])" },
    { slip: "missing ½", claim: "delta2[k] = 2*(a2[k] - y[k])*a2[k]*(1 - a2[k])" },
    { slip: "missing 1/N", claim: "delta2[n,k] = (a2[n,k] - y[n,k])*sigmoid'(z2[n,k])" },
    { slip: "σ′(a) for σ′(z)", claim: "delta1[j] = sum_k(W2[k,j]*delta2[k])*sigmoid'(a1[j])" },
    {
      slip: "transposed index",
      claim: "delta1[n,j] = sum_k(W2[j,k]*delta2[n,k])*sigmoid'(z1[n,j])",
    },
    { slip: "missing σ′", claim: "delta1[j] = sum_k(W2[k,j]*delta2[k])" },
    { slip: "sum forgotten", claim: "dC/dW1[j,i] = delta1[n,j]*x[n,i]" },
    { slip: "sum kept", claim: "delta2[k] = sum_k((a2[k] - y[k])*sigmoid'(z2[k]))" },
    {
      slip: "wrong layer",
      claim: "delta1[n,j] = sum_k(W2[k,j]*delta2[n,k])*sigmoid'(z2[n,j])",
    },
    {
      slip: "weights already updated",
      claim: "delta1[j] = sum_k((W2[k,j] - eta*dC/dW2[k,j])*delta2[k])*sigmoid'(z1[j])",
    },
  ],
  classifier: [
    { slip: "sign", claim: "delta2 = y - a2" },
    { slip: "missing ½", claim: "delta2[n,m] = 2*(a2[n,m] - y[n,m])/N" },
    { slip: "extra 1/N", claim: "dC/db2[k] = 1/N*sum_n delta2[n,k]" },
    { slip: "σ′(a) for σ′(z)", claim: "delta1[j] = tanh'(a1[j])*sum_k W2[k,j]*(a2[k] - y[k])" },
    { slip: "transposed index", claim: "dC/dW1[j,i] = sum_n delta1[n,i]*x[n,j]" },
    { slip: "missing σ′", claim: "delta1[n,j] = 1/N*Σ_k W2[k,j]·(a2[n,k] − y[n,k])" },
    { slip: "sum forgotten", claim: "delta1[n,j] = delta2[n,k]*W2[k,j]*(1 - a1[n,j]^2)" },
    { slip: "sum kept", claim: "delta2[k] = sum_k(a2[k] - y[k])" },
    { slip: "wrong layer", claim: "dC/dW2[k,j] = sum_n delta2[n,k]*x[n,j]" },
    {
      slip: "weights already updated",
      claim: "delta1[n,j] = sum_k(delta2[n,k]*W2_new[k,j])*tanh'(z1[n,j])",
    },
  ],
  mean: [
    { slip: "sign", claim: "delta2[n,k] = -(z2[n,k] - y[n,k])/N" },
    { slip: "missing ½", claim: "delta2[k] = 2*(a2[k] - y[k])" },
    { slip: "missing 1/N", claim: "dC/da2[n,k] = a2[n,k] - y[n,k]" },
    { slip: "σ for σ′", claim: "delta1[n,j] = dC/da1[n,j]*relu(z1[n,j])" },
    { slip: "transposed index", claim: "dC/da1[j] = sum_k W2[j,k]*delta2[k]" },
    { slip: "missing σ′", claim: "delta1[n,j] = dC/da1[n,j]" },
    { slip: "sum forgotten", claim: "dC/db2[k] = delta2[n,k]" },
    { slip: "sum kept", claim: "dC/dW2[k,j] = sum_k sum_n delta2[n,k]*a1[n,j]" },
    { slip: "wrong layer", claim: "dC/dW1[j,i] = delta2[j]*x[i]" },
    {
      slip: "weights already updated",
      claim: "delta1[j] = relu'(z1[j])*sum_k(W2'[k,j]*delta2[k])",
    },
  ],
  binary: [
    { slip: "sign", claim: "delta2[n,k] = 1/N*(y[n,k] - sigmoid(z2[n,k]))" },
    { slip: "extra ½", claim: "delta2[k] = 1/2*(a2[k] - y[k])" },
    { slip: "extra 1/N", claim: "delta2[k] = (a2[k] - y[k])/N" },
    {
      slip: "σ′(a) for σ′(z)",
      claim: "delta1[n,j] = sum_k(delta2[n,k]*W2[k,j])*sigmoid(a1[n,j])",
    },
    { slip: "transposed index", claim: "dC/dW2[k,j] = delta2[j]*a1[k]" },
    { slip: "missing σ′", claim: "dC/dz1[j] = sum_k W2[k,j]*(a2[k] - y[k])" },
    { slip: "sum forgotten", claim: "dC/db1[j] = delta1[n,j]" },
    { slip: "sum kept", claim: "delta1[n,j] = sum_j(softplus'(z1[n,j])*dC/da1[n,j])" },
    { slip: "wrong layer", claim: "delta1[n,j] = sum_k(W1[k,j]*delta2[n,k])*softplus'(z1[n,j])" },
    {
      slip: "weights already updated",
      claim: "dC/da1[j] = sum_k delta2[k]*W2_new[k,j]",
    },
  ],
  deep: [
    { slip: "sign", claim: "delta3[n,l] = (y[n,l] - a3[n,l])*(1 - a3[n,l]^2)/N" },
    { slip: "extra ½", claim: "delta3 = 1/2*(a3 - y)*tanh'(z3)" },
    { slip: "missing 1/N", claim: "delta3[n,l] = (a3[n,l] - y[n,l])*tanh'(z3[n,l])" },
    { slip: "σ′(a) for σ′(z)", claim: "delta3[l] = (a3[l] - y[l])*(1 - z3[l]^2)" },
    {
      slip: "transposed index",
      claim: "delta1[j] = sum_k(W2[j,k]*delta2[k])*(1 - a1[j]^2)",
    },
    { slip: "missing σ′", claim: "delta3[n,l] = (a3[n,l] - y[n,l])/N" },
    {
      slip: "sum forgotten",
      claim: "delta2[n,k] = W3[l,k]*delta3[n,l]*sigmoid'(z2[n,k])",
    },
    {
      slip: "sum kept",
      claim: "delta1[n,j] = sum_n(sum_k(W2[k,j]*delta2[n,k])*tanh'(z1[n,j]))",
    },
    {
      slip: "wrong layer",
      claim: "delta1[n,j] = sum_l(W3[l,j]*delta3[n,l])*tanh'(z1[n,j])",
    },
    {
      slip: "weights already updated",
      claim: "delta2[k] = a2[k]*(1 - a2[k])*sum_l(delta3[l]*(W3[l,k] - lr*dC/dW3[l,k]))",
    },
  ],
  own: [
    { slip: "sign", claim: "dL/dp[n,k] = (t[n,k] - p[n,k])/N" },
    { slip: "missing ½", claim: "dL/dU[k,j] = sum_n 2*(p[n,k] - t[n,k])*g[n,j]/N" },
    { slip: "missing 1/N", claim: "dL/dU[k,j] = sum_n (p[n,k] - t[n,k])*g[n,j]" },
    { slip: "σ′(a) for σ′(z)", claim: "dL/dh[j] = g'(g[j])*sum_k U[k,j]*(p[k] - t[k])" },
    { slip: "transposed index", claim: "dL/dg[n,j] = sum_k U[j,k]*dL/dp[n,k]" },
    { slip: "missing σ′", claim: "dL/dd[j] = sum_n sum_k U[k,j]*(p[n,k] - t[n,k])/N" },
    { slip: "sum forgotten", claim: "dL/dg[j] = U[k,j]*(p[k] - t[k])" },
    { slip: "sum kept", claim: "dL/dU[k,j] = sum_j(dL/dp[k]*g[j])" },
    { slip: "wrong layer", claim: "dL/dU[k,j] = sum_n dL/dp[n,k]*x[n,j]" },
    {
      slip: "weights already updated",
      claim: "dL/dg[n,j] = sum_k (U[k,j] - eta*dL/dU[k,j])*dL/dp[n,k]",
    },
  ],
};
