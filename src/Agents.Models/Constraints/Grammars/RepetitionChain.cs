namespace Agents.Models.Constraints.Grammars;

/// <summary>
/// Copies of one fragment in a row, made by a counted repetition. All copies have the same layout, so that states of different copies which are further from
/// both bounds than a token is long allow the same tokens.
/// </summary>
/// <param name="First">First state of the first copy.</param>
/// <param name="Stride">States per copy.</param>
/// <param name="Minimum">Least repetitions.</param>
/// <param name="Maximum">Most repetitions: the number of copies.</param>
internal readonly record struct RepetitionChain(int First, int Stride, int Minimum, int Maximum)
{
    /// <summary>A state of another copy that allows the same tokens.</summary>
    /// <param name="state">A state.</param>
    /// <param name="longestToken">Length of the longest token in bytes; each copy reads at least one.</param>
    public int Representative(int state, int longestToken)
    {
        int offset = state - First;
        if ((uint)offset >= (uint)((long)Stride * Maximum))
        {
            return state;
        }

        int copy = (offset / Stride) + 1;
        int least = Math.Max(Minimum, 1);
        int chosen = copy >= least && Maximum - copy > longestToken ? least
            : Minimum - copy > longestToken ? 1
            : copy;
        return First + ((chosen - 1) * Stride) + (offset % Stride);
    }
}
