/** The worker's entry: trains a twin of the caller's network, one epoch for each question. */

import { listenToCaller } from "#caller";
import type { Engine } from "../engine.ts";
import type { Tensor } from "../equations/expression.ts";
import type { Floats } from "../equations/memory.ts";
import { network } from "../network.ts";
import { internalsOf } from "../running.ts";
import { type Training, trainingLoop } from "../train/loop.ts";
import { planTraining, type TrainingData } from "../train/options.ts";
import {
  type Answer,
  type FlatData,
  failureOf,
  type Message,
  type Question,
  type Settings,
  type Start,
} from "./protocol.ts";

interface Twin {
  readonly engine: Engine;
  readonly training: Training;
}

const controller = new AbortController();
let start: Start | undefined;
let twin: Twin | undefined;

listenToCaller(async (heard, post) => {
  const message = heard as Message;
  switch (message.kind) {
    case "start":
      start = message;
      return;
    case "abort":
      return controller.abort();
    default: {
      const reply = await answer(message);
      return post(reply, [reply.parameters]);
    }
  }
});

async function answer({ kind, parameters }: Question): Promise<Answer> {
  try {
    twin ??= begin(start as Start);
    const { engine, training } = twin;
    engine.parameters.view().set(parameters);
    const outcome = await (kind === "next" ? training.next() : training.return(undefined as never));
    parameters.set(engine.parameters.view());
    return { parameters, outcome };
  } catch (error) {
    if (twin !== undefined) parameters.set(twin.engine.parameters.view());
    return { parameters, failure: failureOf(error) };
  }
}

function begin({ settings, data, validation }: Start): Twin {
  const { definition, options } = JSON.parse(settings) as Settings;
  const net = network(definition);
  const { engine } = internalsOf(net);
  if (options.reproducible === true) engine.backend.fused = false;
  const plan = planTraining(net, given(data, engine), {
    ...options,
    ...(validation && { validation: given(validation, engine) }),
    signal: controller.signal,
  });
  return { engine, training: trainingLoop(engine, plan) };
}

function given(data: FlatData, { system }: Engine): TrainingData {
  const { inputs, targets, weights } = system;
  const valuesOf = ({ name }: Tensor): Floats => data.get(name)!;
  return {
    inputs: Object.fromEntries(inputs.map((tensor) => [tensor.name, valuesOf(tensor)])),
    ...(targets && { targets: valuesOf(targets) }),
    ...(weights && { weights: valuesOf(weights) }),
  };
}
