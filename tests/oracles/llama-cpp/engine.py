"""llama.cpp as a peer to measure against and to compare numbers with, through the C interface of the libraries that the npm package ships.

Usage: engine.py PACKAGE_FOLDER MODEL.gguf [--threads N] [--context N] [--sequences N] [--kv f16|f32] [--batch N] [--flash auto|on|off] [--adapter LORA.gguf]

PACKAGE_FOLDER is where `npm install` ran. The process reads one JSON request per line from standard input and answers each with one JSON line:
  {"op": "prefill", "tokens": [...]}                     -> {"seconds": s}               the prompt in an empty sequence, logits of the last token
  {"op": "decode", "tokens": [...], "count": n}          -> {"seconds": s, "ids": []}    n greedy steps behind the prompt, the prompt not counted
  {"op": "greedy", "tokens": [...], "count": n}          -> {"ids": []}                 n tokens, each the best after the one before
  {"op": "group", "tokens": [...], "samples": k, "count": n} -> {"promptSeconds": p, "seconds": s}   one prompt, shared by k sequences, n steps of k tokens
  {"op": "logits", "tokens": [...], "file": path, "one": bool} -> {"seconds": s, "rows": r}  writes float32 [tokens, vocabulary] in host order
  {"op": "memory"}                                        -> {"residentBytes": b, "peakBytes": p}

Only the first fields of the parameter structures are touched, and their defaults are checked first, so another build of the library is refused instead of misread.
"""
import argparse
import array
import ctypes
import glob
import json
import os
import struct
import sys
import time


class Blob(ctypes.Structure):
    """A structure passed by value whose tail this script does not know; larger than any version of it."""

    _fields_ = [("bytes", ctypes.c_uint8 * 512)]


class Batch(ctypes.Structure):
    _fields_ = [
        ("n_tokens", ctypes.c_int32),
        ("token", ctypes.POINTER(ctypes.c_int32)),
        ("embd", ctypes.c_void_p),
        ("pos", ctypes.POINTER(ctypes.c_int32)),
        ("n_seq_id", ctypes.POINTER(ctypes.c_int32)),
        ("seq_id", ctypes.POINTER(ctypes.POINTER(ctypes.c_int32))),
        ("logits", ctypes.POINTER(ctypes.c_int8)),
    ]


KV_TYPES = {"f32": 0, "f16": 1, "q8_0": 8}
FLASH = {"auto": -1, "off": 0, "on": 1}
N_CTX, N_BATCH, N_UBATCH, N_SEQ_MAX, N_THREADS, N_THREADS_BATCH, FLASH_ATTN, TYPE_K, TYPE_V, BOOLS = 0, 4, 8, 12, 28, 32, 52, 104, 108, 128


def load_libraries(package):
    folder = os.path.join(package, "node_modules", "@node-llama-cpp", "linux-x64", "bins", "linux-x64")
    if not os.path.isdir(folder):
        sys.exit(f"engine.py: {folder} is missing; run npm install in {package}.")
    os.chdir(folder)
    base = ctypes.CDLL(os.path.join(folder, "libggml-base.so"), ctypes.RTLD_GLOBAL)
    silence = ctypes.CFUNCTYPE(None, ctypes.c_int, ctypes.c_char_p, ctypes.c_void_p)(lambda level, text, data: None)
    base.ggml_log_set(silence, None)
    ggml = ctypes.CDLL(glob.glob(os.path.join(folder, "libggml.v*.so"))[0], ctypes.RTLD_GLOBAL)
    ggml.ggml_backend_load_all_from_path.argtypes = [ctypes.c_char_p]
    ggml.ggml_backend_load_all_from_path(folder.encode())
    llama = ctypes.CDLL(glob.glob(os.path.join(folder, "libllama.v*.so"))[0], ctypes.RTLD_GLOBAL)
    llama.llama_log_set(silence, None)
    llama.silence = silence
    return llama


class Engine:
    def __init__(self, arguments, model_path):
        self.lib = llama = load_libraries(arguments.package)
        llama.llama_backend_init()
        for name in ("llama_model_default_params", "llama_context_default_params"):
            getattr(llama, name).restype = Blob
        llama.llama_model_load_from_file.restype = ctypes.c_void_p
        llama.llama_model_load_from_file.argtypes = [ctypes.c_char_p, Blob]
        llama.llama_init_from_model.restype = ctypes.c_void_p
        llama.llama_init_from_model.argtypes = [ctypes.c_void_p, Blob]
        llama.llama_model_get_vocab.restype = ctypes.c_void_p
        llama.llama_model_get_vocab.argtypes = [ctypes.c_void_p]
        llama.llama_vocab_n_tokens.argtypes = [ctypes.c_void_p]
        llama.llama_get_memory.restype = ctypes.c_void_p
        llama.llama_get_memory.argtypes = [ctypes.c_void_p]
        llama.llama_memory_clear.argtypes = [ctypes.c_void_p, ctypes.c_bool]
        llama.llama_memory_seq_cp.argtypes = [ctypes.c_void_p, ctypes.c_int32, ctypes.c_int32, ctypes.c_int32, ctypes.c_int32]
        llama.llama_batch_init.restype = Batch
        llama.llama_batch_init.argtypes = [ctypes.c_int32, ctypes.c_int32, ctypes.c_int32]
        llama.llama_decode.argtypes = [ctypes.c_void_p, Batch]
        llama.llama_get_logits_ith.restype = ctypes.POINTER(ctypes.c_float)
        llama.llama_get_logits_ith.argtypes = [ctypes.c_void_p, ctypes.c_int32]
        started = time.perf_counter()
        self.model = llama.llama_model_load_from_file(model_path.encode(), llama.llama_model_default_params())
        if not self.model:
            sys.exit(f"engine.py: llama.cpp cannot load {model_path}.")
        self.load_seconds = time.perf_counter() - started
        parameters = llama.llama_context_default_params()
        found = struct.unpack_from("<4i", bytes(parameters.bytes), N_CTX) + struct.unpack_from("<2i", bytes(parameters.bytes), N_THREADS)
        kinds = struct.unpack_from("<2i", bytes(parameters.bytes), TYPE_K)
        if found != (512, 2048, 512, 1, 4, 4) or kinds != (1, 1):
            sys.exit(f"engine.py: this build of llama.cpp has another parameter layout (defaults {found}, {kinds}).")
        put = lambda offset, value: struct.pack_into("<i", parameters.bytes, offset, value)
        put(N_CTX, arguments.context)
        put(N_BATCH, arguments.batch)
        put(N_UBATCH, arguments.batch)
        put(N_SEQ_MAX, arguments.sequences)
        put(N_THREADS, arguments.threads)
        put(N_THREADS_BATCH, arguments.threads)
        put(FLASH_ATTN, FLASH[arguments.flash])
        put(TYPE_K, KV_TYPES[arguments.kv])
        put(TYPE_V, KV_TYPES[arguments.kv])
        parameters.bytes[BOOLS + 5] = 1
        self.context = llama.llama_init_from_model(self.model, parameters)
        if not self.context:
            sys.exit("engine.py: llama.cpp cannot create the context.")
        if arguments.adapter:
            llama.llama_adapter_lora_init.restype = ctypes.c_void_p
            llama.llama_adapter_lora_init.argtypes = [ctypes.c_void_p, ctypes.c_char_p]
            llama.llama_set_adapters_lora.argtypes = [ctypes.c_void_p, ctypes.POINTER(ctypes.c_void_p), ctypes.c_size_t, ctypes.POINTER(ctypes.c_float)]
            adapter = llama.llama_adapter_lora_init(self.model, arguments.adapter.encode())
            if not adapter or llama.llama_set_adapters_lora(self.context, (ctypes.c_void_p * 1)(adapter), 1, (ctypes.c_float * 1)(1.0)) != 0:
                sys.exit(f"engine.py: llama.cpp refuses the adapter {arguments.adapter}.")
        self.memory = llama.llama_get_memory(self.context)
        self.vocabulary = llama.llama_vocab_n_tokens(llama.llama_model_get_vocab(self.model))
        self.limit = arguments.batch
        self.batch = llama.llama_batch_init(arguments.batch, 0, 1)

    def clear(self):
        self.lib.llama_memory_clear(self.memory, True)

    def run(self, rows):
        """rows: (token, position, sequence, wants logits)."""
        batch = self.batch
        batch.n_tokens = len(rows)
        for i, (token, position, sequence, wanted) in enumerate(rows):
            batch.token[i] = token
            batch.pos[i] = position
            batch.n_seq_id[i] = 1
            batch.seq_id[i][0] = sequence
            batch.logits[i] = 1 if wanted else 0
        code = self.lib.llama_decode(self.context, batch)
        if code != 0:
            raise RuntimeError(f"llama_decode returned {code}")

    def feed(self, tokens, sequence=0, start=0):
        for first in range(0, len(tokens), self.limit):
            part = tokens[first:first + self.limit]
            last = first + len(part) == len(tokens)
            self.run([(token, start + first + i, sequence, last and i == len(part) - 1) for i, token in enumerate(part)])
        return len(tokens) - 1 - (len(tokens) - 1) // self.limit * self.limit

    def logits(self, row):
        return self.lib.llama_get_logits_ith(self.context, row)

    def best(self, row):
        values = array.array("f")
        values.frombytes(ctypes.string_at(self.logits(row), 4 * self.vocabulary))
        return max(range(self.vocabulary), key=values.__getitem__)


def answer(engine, request):
    operation = request["op"]
    if operation == "memory":
        fields = dict(line.split(":", 1) for line in open("/proc/self/status") if ":" in line)
        return {"residentBytes": int(fields["VmRSS"].split()[0]) * 1024, "peakBytes": int(fields["VmHWM"].split()[0]) * 1024}
    tokens = request["tokens"]
    engine.clear()
    if operation == "prefill":
        started = time.perf_counter()
        engine.feed(tokens)
        return {"seconds": time.perf_counter() - started}
    if operation == "decode":
        # Fixed ids instead of drawn ones: this script's argmax must not count as llama.cpp's time.
        engine.feed(tokens)
        started = time.perf_counter()
        for step in range(request["count"]):
            engine.run([((step * 7919 + 17) % engine.vocabulary, len(tokens) + step, 0, True)])
        return {"seconds": time.perf_counter() - started}
    if operation == "greedy":
        row = engine.feed(tokens)
        ids = []
        for step in range(request["count"]):
            ids.append(engine.best(row))
            engine.run([(ids[-1], len(tokens) + step, 0, True)])
            row = 0
        return {"ids": ids}
    if operation == "group":
        started = time.perf_counter()
        engine.feed(tokens)
        for sample in range(1, request["samples"]):
            engine.lib.llama_memory_seq_cp(engine.memory, 0, sample, -1, -1)
        prompt = time.perf_counter() - started
        started = time.perf_counter()
        for step in range(request["count"]):
            engine.run([((step * 7919 + sample * 31 + 17) % engine.vocabulary, len(tokens) + step, sample, True) for sample in range(request["samples"])])
        return {"promptSeconds": prompt, "seconds": time.perf_counter() - started}
    if operation == "logits":
        started = time.perf_counter()
        with open(request["file"], "wb") as target:
            size = 1 if request.get("one") else engine.limit
            for first in range(0, len(tokens), size):
                part = tokens[first:first + size]
                engine.run([(token, first + i, 0, True) for i, token in enumerate(part)])
                for i in range(len(part)):
                    target.write(ctypes.string_at(engine.logits(i), 4 * engine.vocabulary))
        return {"seconds": time.perf_counter() - started, "rows": len(tokens)}
    raise ValueError(f"unknown op {operation}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("package")
    parser.add_argument("model")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--context", type=int, default=1024)
    parser.add_argument("--sequences", type=int, default=1)
    parser.add_argument("--batch", type=int, default=512)
    parser.add_argument("--kv", choices=sorted(KV_TYPES), default="f16")
    parser.add_argument("--flash", choices=sorted(FLASH), default="auto")
    parser.add_argument("--adapter", type=os.path.abspath)
    arguments = parser.parse_args()
    arguments.package = os.path.abspath(arguments.package)
    engine = Engine(arguments, os.path.abspath(arguments.model))
    print(json.dumps({"ready": True, "vocabulary": engine.vocabulary, "loadSeconds": engine.load_seconds}), flush=True)
    for line in sys.stdin:
        if line.strip():
            print(json.dumps(answer(engine, json.loads(line))), flush=True)


main()
