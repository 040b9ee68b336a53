using Agents.Training.Experience;

namespace Agents.Training.Advantages;

/// <summary>Masks completions that a length limit cut: their reward says nothing about their tokens (overlong filtering of DAPO).</summary>
public sealed class TruncationMask : IAdvantageReshaper
{
    /// <inheritdoc/>
    public string Id => "truncation-mask";

    /// <inheritdoc/>
    public void Reshape(ExperienceColumns columns)
    {
        ArgumentNullException.ThrowIfNull(columns);
        for (int i = 0; i < columns.Rows.Length; i++)
        {
            if (columns.Rows[i].IsTruncated)
            {
                Array.Clear(columns.Mask[i]);
            }
        }
    }
}
