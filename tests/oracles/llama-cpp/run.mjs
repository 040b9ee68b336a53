// Usage: node run.mjs MODEL.gguf [--vocab-only] < REQUESTS > ANSWERS, both JSON lines, one answer per request in order.
// With --vocab-only only texts can be answered, and the file needs no tensors.
//   {"tokens": [1, 2], "count": 8}  -> {"tokens": [ids of greedy decoding, end tokens included]}
//   {"text": "..."}                 -> {"tokens": [ids of the text, control tokens not parsed]}
// Keys and values are cached in single precision, so that differences come from arithmetic order alone.
import {createInterface} from "node:readline";
import {getLlama, LlamaLogLevel} from "node-llama-cpp";

const modelPath = process.argv[2];
if (modelPath === undefined) {
    console.error("usage: node run.mjs MODEL.gguf < REQUESTS");
    process.exit(2);
}

// One thread: the models are tiny, and threads that wait for each other stand still on a busy machine.
const llama = await getLlama({gpu: false, build: "never", logLevel: LlamaLogLevel.error, maxThreads: 1});
const vocabOnly = process.argv[3] === "--vocab-only";
const model = await llama.loadModel({modelPath, vocabOnly});
const context = vocabOnly ? undefined : await model.createContext({
    contextSize: 512,
    flashAttention: false,
    experimentalKvCacheKeyType: "F32",
    experimentalKvCacheValueType: "F32"
});
const sequence = context?.getSequence();

async function greedy(tokens, count) {
    await sequence.clearHistory();
    const answer = [];
    for await (const token of sequence.evaluate(tokens, {temperature: 0, yieldEogToken: true})) {
        answer.push(token);
        if (answer.length === count) {
            break;
        }
    }

    return answer;
}

for await (const line of createInterface({input: process.stdin, crlfDelay: Infinity})) {
    if (line.length === 0) {
        continue;
    }

    const request = JSON.parse(line);
    const tokens = request.text === undefined
        ? await greedy(request.tokens, request.count)
        : model.tokenize(request.text, false);
    process.stdout.write(JSON.stringify({tokens}) + "\n");
}

await context?.dispose();
await model.dispose();
await llama.dispose();
