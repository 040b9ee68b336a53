using System.Collections.Immutable;

namespace Agents.Training.Data;

/// <summary>A prompt with judged completions: a pair, the chosen one first (DPO family), or a single one (KTO).</summary>
/// <param name="PromptTokenIds">The prompt, not empty.</param>
/// <param name="Completions">The completions, one or two, none empty.</param>
/// <param name="Labels">+1 for wanted, −1 for unwanted; one per completion.</param>
public sealed record PreferenceExample(int[] PromptTokenIds, ImmutableArray<int[]> Completions, ImmutableArray<double> Labels)
{
    /// <summary>Creates a pair.</summary>
    /// <param name="prompt">The prompt.</param>
    /// <param name="chosen">The better completion.</param>
    /// <param name="rejected">The worse completion.</param>
    public static PreferenceExample Pair(int[] prompt, int[] chosen, int[] rejected) => Checked(new PreferenceExample(prompt, [chosen, rejected], [1, -1]));

    /// <summary>Creates a single judged completion.</summary>
    /// <param name="prompt">The prompt.</param>
    /// <param name="completion">The completion.</param>
    /// <param name="desirable">Whether it is wanted.</param>
    public static PreferenceExample Judged(int[] prompt, int[] completion, bool desirable) => Checked(new PreferenceExample(prompt, [completion], [desirable ? 1 : -1]));

    private static PreferenceExample Checked(PreferenceExample example)
    {
        if (example.PromptTokenIds is not { Length: > 0 } || example.Completions.Any(completion => completion is not { Length: > 0 }))
        {
            throw new ArgumentException("A preference needs a prompt and completions of at least one token each.");
        }

        return example;
    }
}
