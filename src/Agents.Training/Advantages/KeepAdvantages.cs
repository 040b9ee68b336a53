using Agents.Training.Experience;

namespace Agents.Training.Advantages;

/// <summary>Leaves advantages and masks as they are.</summary>
public sealed class KeepAdvantages : IAdvantageReshaper
{
    /// <inheritdoc/>
    public string Id => "keep";

    /// <inheritdoc/>
    public void Reshape(ExperienceColumns columns)
    {
        // Identity by definition.
    }
}
