using Agents.Training.Experience;

namespace Agents.Training.Advantages;

/// <summary>Changes advantages or token weights after the estimate: masks, gates, token-level credit.</summary>
public interface IAdvantageReshaper
{
    /// <summary>Gets the stable id used in recipes and logs.</summary>
    string Id { get; }

    /// <summary>Gets a line with every setting that shapes the result; it becomes part of a checkpoint's identity. Default the id, for reshapers without settings.</summary>
    string Settings => Id;

    /// <summary>Changes the columns in place.</summary>
    /// <param name="columns">Advantages and masks of one step.</param>
    void Reshape(ExperienceColumns columns);
}
