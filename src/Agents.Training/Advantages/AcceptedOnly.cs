using Agents.Training.Experience;

namespace Agents.Training.Advantages;

/// <summary>Masks every completion whose advantage is not positive. After <see cref="RejectionAdvantage"/> the rest is plain supervised data: rejection-sampling fine-tuning.</summary>
public sealed class AcceptedOnly : IAdvantageReshaper
{
    /// <inheritdoc/>
    public string Id => "accepted-only";

    /// <inheritdoc/>
    public void Reshape(ExperienceColumns columns)
    {
        ArgumentNullException.ThrowIfNull(columns);
        for (int i = 0; i < columns.Rows.Length; i++)
        {
            if (!(columns.Advantage[i] > 0))
            {
                Array.Clear(columns.Mask[i]);
            }
        }
    }
}
