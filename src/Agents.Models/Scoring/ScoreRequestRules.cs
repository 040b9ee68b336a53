using Agents.Models.Generation;

namespace Agents.Models.Scoring;

/// <summary>Checks requests before any work is done.</summary>
internal static class ScoreRequestRules
{
    public static void Require(ScoreRequest request, ModelShape shape)
    {
        if (!double.IsFinite(request.Temperature) || request.Temperature <= 0)
        {
            throw new ArgumentException($"The temperature of scoring is {request.Temperature}; expected a positive number.", nameof(request));
        }

        GenerationRequestRules.RequireIds(request.PrefixTokenIds, shape, "The prefix", nameof(request));
        for (int i = 0; i < request.Continuations.Count; i++)
        {
            IReadOnlyList<int> continuation = request.Continuations[i];
            GenerationRequestRules.RequireIds(continuation, shape, $"Continuation {i}", nameof(request));
            if ((long)request.PrefixTokenIds.Count + continuation.Count > shape.ContextLength)
            {
                throw new ArgumentException(
                    $"Prefix and continuation {i} have {request.PrefixTokenIds.Count} + {continuation.Count} tokens; the context holds {shape.ContextLength}.", nameof(request));
            }
        }
    }
}
