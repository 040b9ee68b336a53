using Agents.Training.Advantages;
using Agents.Training.Experience;

namespace Agents.Benchmarks.Experiments;

/// <summary>Masks completions whose advantage is exactly 0, mostly those of dead groups: they have no gradient, so nothing is lost but the time of their rows.</summary>
internal sealed class SignalOnly : IAdvantageReshaper
{
    /// <inheritdoc/>
    public string Id => "signal-only";

    /// <inheritdoc/>
    public void Reshape(ExperienceColumns columns)
    {
        for (int i = 0; i < columns.Rows.Length; i++)
        {
            if (columns.Advantage[i] == 0)
            {
                Array.Clear(columns.Mask[i]);
            }
        }
    }
}
