using Agents.Fuzzing.Engine;
using Agents.Models;
using Agents.Models.Decoder;

namespace Agents.Fuzzing.Targets;

/// <summary>Whole models: what <c>--model FILE.gguf</c> does before the first token, weights packed and all.</summary>
public sealed class GgufModelTarget : IFuzzTarget, IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"agents-fuzz-{Guid.NewGuid():N}.gguf");

    /// <inheritdoc/>
    public string Name => "gguf-model";

    /// <inheritdoc/>
    public IReadOnlyList<byte[]> Dictionary { get; } = new GgufTarget().Dictionary;

    /// <inheritdoc/>
    public IReadOnlyList<byte[]> Seeds() => [SmallModels.Gguf("llama"), SmallModels.Gguf("qwen2"), SmallModels.Gguf("qwen3")];

    /// <inheritdoc/>
    public void Read(byte[] input)
    {
        File.WriteAllBytes(_path, input);
        using DecoderModel model = DecoderModel.LoadAsync(_path).GetAwaiter().GetResult();
    }

    /// <inheritdoc/>
    public bool IsNamed(Exception error) => error is ModelFormatException;

    /// <inheritdoc/>
    public void Dispose() => File.Delete(_path);
}
