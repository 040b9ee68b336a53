using Agents.Models;

namespace Agents.Runtime.Replication;

/// <summary>A language model whose calls run with some adapters unless they name their own. The model stays the caller's.</summary>
/// <param name="model">The model; it must have the adapters loaded.</param>
/// <param name="adapters">The adapters.</param>
internal sealed class AdaptedLanguageModel(ILanguageModel model, IReadOnlyList<AdapterUse> adapters) : ILanguageModel
{
    /// <inheritdoc/>
    public string Name => model.Name;

    /// <inheritdoc/>
    public string GenerationId { get; } = model.GenerationIdOf(adapters);

    /// <inheritdoc/>
    public ModelShape Shape => model.Shape;

    /// <inheritdoc/>
    public ITokenizer Tokenizer => model.Tokenizer;

    /// <inheritdoc/>
    public LanguageModelCapabilities Capabilities => model.Capabilities;

    /// <inheritdoc/>
    public string GenerationIdOf(IReadOnlyList<AdapterUse> adapters)
    {
        ArgumentNullException.ThrowIfNull(adapters);
        return adapters.Count == 0 ? GenerationId : model.GenerationIdOf(adapters);
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<GeneratedToken> GenerateAsync(GenerationRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        GenerationRequest adapted = request with { Prompts = [.. request.Prompts.Select(prompt => prompt.Adapters.Count > 0 ? prompt : prompt with { Adapters = adapters })] };
        return model.GenerateAsync(adapted, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<float[]>> ScoreAsync(ScoreRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return model.ScoreAsync(request.Adapters.Count > 0 ? request : request with { Adapters = adapters }, cancellationToken);
    }
}
