using System.Runtime.CompilerServices;

namespace Agents.Models.Tests.Chat;

/// <summary>Says a text byte by byte, with control tokens where the text names them, and remembers what it was asked.</summary>
internal sealed class ScriptedModel(ILanguageModel inner, string answer, ITokenizer? tokenizer = null, LanguageModelCapabilities? capabilities = null) : ILanguageModel
{
    public string Name => inner.Name;

    public string GenerationId => inner.GenerationId;

    public ModelShape Shape => inner.Shape;

    public ITokenizer Tokenizer { get; } = tokenizer ?? inner.Tokenizer;

    public LanguageModelCapabilities Capabilities => capabilities ?? inner.Capabilities;

    public GenerationRequest? Asked { get; private set; }

    public async IAsyncEnumerable<GeneratedToken> GenerateAsync(GenerationRequest request, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        Asked = request;
        int[] ids = [.. Tokenizer.Encode(answer, parseSpecial: true), Tokenizer.EndIds[0]];
        for (int i = 0; i < ids.Length; i++)
        {
            await Task.Yield();
            yield return new GeneratedToken(0, ids[i], -1, -1, 1, i == ids.Length - 1 ? GenerationFinish.EndToken : GenerationFinish.None);
        }
    }

    public ValueTask<IReadOnlyList<float[]>> ScoreAsync(ScoreRequest request, CancellationToken cancellationToken = default) => inner.ScoreAsync(request, cancellationToken);
}
