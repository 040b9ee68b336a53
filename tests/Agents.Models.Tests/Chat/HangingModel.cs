using System.Runtime.CompilerServices;

namespace Agents.Models.Tests.Chat;

/// <summary>Says the letter a some times and then waits until it is cancelled.</summary>
internal sealed class HangingModel(ILanguageModel inner, int tokens) : ILanguageModel
{
    public string Name => inner.Name;

    public string GenerationId => inner.GenerationId;

    public ModelShape Shape => inner.Shape;

    public ITokenizer Tokenizer => inner.Tokenizer;

    public LanguageModelCapabilities Capabilities => inner.Capabilities;

    public async IAsyncEnumerable<GeneratedToken> GenerateAsync(GenerationRequest request, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        int letter = inner.Tokenizer.Encode("a")[0];
        for (int i = 0; i < tokens; i++)
        {
            yield return new GeneratedToken(0, letter, -1, -1, 1, GenerationFinish.None);
        }

        await Task.Delay(Timeout.Infinite, cancellationToken);
    }

    public ValueTask<IReadOnlyList<float[]>> ScoreAsync(ScoreRequest request, CancellationToken cancellationToken = default) => inner.ScoreAsync(request, cancellationToken);
}
