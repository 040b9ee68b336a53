namespace Agents.Models.Generation;

/// <summary>Checks requests before any work is done.</summary>
internal static class GenerationRequestRules
{
    public static void Require(GenerationRequest request, ModelShape shape)
    {
        ArgumentNullException.ThrowIfNull(request);
        request.Sampling.Validate();
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(request.MaxTokens);
        ArgumentOutOfRangeException.ThrowIfNegative(request.TopLogProbabilities);
        ArgumentOutOfRangeException.ThrowIfNegative(request.SpeculativeTokens);
        for (int i = 0; i < request.Prompts.Count; i++)
        {
            PromptSamples prompt = request.Prompts[i];
            string what = $"Prompt {i}";
            if (prompt.TokenIds.Count == 0 || prompt.Streams.Count == 0)
            {
                throw new ArgumentException($"{what} has {prompt.TokenIds.Count} tokens and {prompt.Streams.Count} samples; both must be at least 1.", nameof(request));
            }

            if (prompt.TokenIds.Count >= shape.ContextLength)
            {
                throw new ArgumentException(
                    $"{what} has {prompt.TokenIds.Count} tokens; the context of {shape.ContextLength} leaves no room for an answer. Shorten the prompt.", nameof(request));
            }

            RequireIds(prompt.TokenIds, shape, what, nameof(request));
        }

        if (request.StopSequences.Any(string.IsNullOrEmpty))
        {
            throw new ArgumentException("A stop sequence is empty; it would end every answer at once.", nameof(request));
        }
    }

    public static void RequireIds(IReadOnlyList<int> ids, ModelShape shape, string what, string argument)
    {
        for (int i = 0; i < ids.Count; i++)
        {
            if ((uint)ids[i] >= (uint)shape.VocabularySize)
            {
                throw new ArgumentException($"{what} has token id {ids[i]} at {i}; expected 0 to {shape.VocabularySize - 1}.", argument);
            }
        }
    }
}
