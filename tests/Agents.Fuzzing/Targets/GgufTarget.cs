using System.Text;
using Agents.Fuzzing.Engine;
using Agents.Models;
using Agents.Models.Checkpoints;
using Agents.Models.Gguf;
using Agents.Models.Tokenization;
using Agents.Numerics.Formats;

namespace Agents.Fuzzing.Targets;

/// <summary>GGUF files: header, metadata, tokenizer, shape and the data of every tensor.</summary>
public sealed class GgufTarget : IFuzzTarget
{
    /// <inheritdoc/>
    public string Name => "gguf";

    /// <inheritdoc/>
    public IReadOnlyList<byte[]> Dictionary { get; } =
    [
        .. ((string[])["GGUF", "general.architecture", "general.alignment", "llama", "qwen2", "qwen3", "llama.block_count", "llama.context_length",
            "llama.embedding_length", "llama.feed_forward_length", "llama.attention.head_count", "llama.attention.head_count_kv", "llama.rope.freq_base", "tokenizer.ggml.model",
            "tokenizer.ggml.tokens", "tokenizer.ggml.merges", "tokenizer.ggml.scores", "tokenizer.ggml.token_type", "gpt2", "token_embd.weight", "blk.0.attn_q.weight"]).Select(Encoding.UTF8.GetBytes),
        .. Enumerable.Range(0, 40).Select(id => BitConverter.GetBytes(id)),
    ];

    /// <inheritdoc/>
    public IReadOnlyList<byte[]> Seeds() => [SmallModels.Gguf("llama"), SmallModels.Gguf("qwen3"), SmallModels.EveryMetadataType()];

    /// <inheritdoc/>
    public void Read(byte[] input)
    {
        using GgufFile file = GgufFile.Open(new MemoryStream(input), "input.gguf");
        foreach (GgufTensor tensor in file.Tensors)
        {
            ReadOnlySpan<byte> data = file.Data(tensor);
            if (!data.IsEmpty)
            {
                _ = data[0] + data[^1];
            }

            if (BlockFormats.TryGet(tensor.Type, out _) && tensor.RowLength <= int.MaxValue)
            {
                var row = new float[Math.Min(tensor.RowLength, 1 << 16)];
                if (row.Length == tensor.RowLength && row.Length > 0)
                {
                    file.ReadFloats(tensor, 0, 1, row);
                }
            }
        }

        GgufCheckpoint.ReadShape(file);
        GgufTokenizer.Read(file.Metadata);
    }

    /// <inheritdoc/>
    public bool IsNamed(Exception error) => error is ModelFormatException or TokenizerException;
}
