using Agents.Models;

namespace Agents.Training.Scoring;

/// <summary>
/// Log-probabilities under a model that does not change: reference, teacher, base. Continuations of one prefix are scored together; what the store knows is not
/// scored again.
/// </summary>
public sealed class FrozenScorer
{
    private readonly ILanguageModel _model;
    private readonly LogProbabilityStore? _store;

    /// <summary>Creates a scorer.</summary>
    /// <param name="model">The frozen model; stays the caller's.</param>
    /// <param name="store">Remembers scores across processes; null for no memory.</param>
    /// <param name="temperature">Temperature of the log-probabilities; that of the samples they are compared with. Default 1.</param>
    /// <exception cref="ArgumentException">The model cannot score, or the temperature is not positive.</exception>
    public FrozenScorer(ILanguageModel model, LogProbabilityStore? store = null, double temperature = 1)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (!model.Capabilities.HasFlag(LanguageModelCapabilities.Scoring))
        {
            throw new ArgumentException($"'{model.Name}' cannot score given continuations; a frozen scorer needs that.", nameof(model));
        }

        if (!(double.IsFinite(temperature) && temperature > 0))
        {
            throw new ArgumentOutOfRangeException(nameof(temperature), temperature, "The temperature must be positive.");
        }

        _model = model;
        _store = store;
        Temperature = temperature;
    }

    /// <summary>Gets the generation of the frozen model.</summary>
    public string GenerationId => _model.GenerationId;

    /// <summary>Gets the temperature of the log-probabilities.</summary>
    public double Temperature { get; }

    /// <summary>Gets how many continuations the model has scored; the others came from the store.</summary>
    public long ModelCalls { get; private set; }

    /// <summary>Checks that token ids mean the same to the frozen model and to another one.</summary>
    /// <param name="tokenizer">The other model's tokenizer.</param>
    /// <exception cref="ArgumentException">The tokenizers differ.</exception>
    public void RequireSameTokenizer(ITokenizer tokenizer)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        if (tokenizer.Fingerprint != _model.Tokenizer.Fingerprint)
        {
            throw new ArgumentException($"The frozen model '{_model.Name}' has another tokenizer ({_model.Tokenizer.Fingerprint[..12]}…) than the policy ({tokenizer.Fingerprint[..12]}…); their log-probabilities cannot be compared.", nameof(tokenizer));
        }
    }

    /// <summary>Scores continuations of one prefix.</summary>
    /// <param name="prefix">Tokens before them.</param>
    /// <param name="continuations">What is scored.</param>
    /// <param name="cancellationToken">Honoured between batches.</param>
    /// <returns>One array per continuation, one entry per token.</returns>
    public async Task<IReadOnlyList<float[]>> ScoreAsync(int[] prefix, IReadOnlyList<int[]> continuations, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        ArgumentNullException.ThrowIfNull(continuations);
        UInt128[] keys = [.. continuations.Select(tokens => LogProbabilityStore.Key(_model.GenerationId, Temperature, prefix, tokens))];
        var scores = new float[]?[continuations.Count];
        List<int> missing = [];
        for (int i = 0; i < scores.Length; i++)
        {
            scores[i] = _store?.Find(keys[i]);
            if (scores[i] is null)
            {
                missing.Add(i);
            }
        }

        if (missing.Count > 0)
        {
            ScoreRequest request = new(prefix, [.. missing.Select(i => continuations[i])]) { Temperature = Temperature };
            IReadOnlyList<float[]> found = await _model.ScoreAsync(request, cancellationToken).ConfigureAwait(false);
            ModelCalls += missing.Count;
            for (int i = 0; i < missing.Count; i++)
            {
                scores[missing[i]] = found[i];
                _store?.Add(keys[missing[i]], found[i]);
            }
        }

        return scores!;
    }
}
