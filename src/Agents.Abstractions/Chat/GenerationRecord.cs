namespace Agents;

/// <summary>
/// The exact tokens of one model call: one call is one row of training data. Travels in <c>AdditionalProperties</c> of a chat response (or of the
/// last update of a stream) under <see cref="PropertyName"/>; absent where the backend cannot give it.
/// </summary>
public sealed record GenerationRecord
{
    /// <summary>Key of the record in <c>ChatResponse.AdditionalProperties</c>.</summary>
    public const string PropertyName = "agents.generation";

    /// <summary>Gets the prompt as the model read it.</summary>
    public required IReadOnlyList<int> PromptTokenIds { get; init; }

    /// <summary>Gets the sampled tokens; the end token is included when it was sampled.</summary>
    public required IReadOnlyList<int> CompletionTokenIds { get; init; }

    /// <summary>Gets the natural log-probability of each completion token under the distribution it was really drawn from (after temperature and truncation).</summary>
    public required IReadOnlyList<float> BehaviorLogProbabilities { get; init; }

    /// <summary>Gets the natural log-probability of each completion token under the plain softmax at temperature 1.</summary>
    public required IReadOnlyList<float> PlainLogProbabilities { get; init; }

    /// <summary>Gets, per completion token, the share of the tempered distribution that truncation (top-k, top-p, ...) kept; 1 without truncation.</summary>
    public required IReadOnlyList<float> KeptMass { get; init; }

    /// <summary>Gets the hash of the generation (weights, adapters, prompts, quantization) that produced the tokens.</summary>
    public required string GenerationId { get; init; }

    /// <summary>Gets the sampling temperature; 0 means greedy.</summary>
    public double Temperature { get; init; } = 1;

    /// <summary>Gets the number of the attempt, from 0; retries of one call share everything else.</summary>
    public int Attempt { get; init; }

    /// <summary>Gets why the completion ended.</summary>
    public GenerationFinish Finish { get; init; }
}
