namespace Agents.Models.Templates;

/// <summary>A rendered conversation as token ids.</summary>
/// <param name="Ids">All ids in order. [tokens]</param>
/// <param name="Targets">The ids that the assistant writes: one span per assistant turn, its end token included, in order.</param>
public sealed record TokenizedPrompt(int[] Ids, IReadOnlyList<Range> Targets)
{
    /// <summary>The loss mask of supervised training.</summary>
    /// <returns>True at every id inside <see cref="Targets"/>. [tokens]</returns>
    public bool[] ToMask()
    {
        bool[] mask = new bool[Ids.Length];
        foreach (Range target in Targets)
        {
            mask.AsSpan(target).Fill(true);
        }

        return mask;
    }
}
