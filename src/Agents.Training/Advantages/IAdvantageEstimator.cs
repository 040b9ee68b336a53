namespace Agents.Training.Advantages;

/// <summary>Turns rewards into advantages, one per completion (papers/00-grpo-baseline §2.4). Pure. A completion that could not be scored gets exactly 0.</summary>
public interface IAdvantageEstimator
{
    /// <summary>Gets the stable id used in recipes and logs.</summary>
    string Id { get; }

    /// <summary>Gets a line with every setting that shapes the result; it becomes part of a checkpoint's identity. Default the id, for estimators without settings.</summary>
    string Settings => Id;

    /// <summary>Computes the advantages.</summary>
    /// <param name="inputs">Rewards, groups and lengths.</param>
    /// <param name="advantages">Receives one value per completion.</param>
    void Estimate(in AdvantageInputs inputs, Span<double> advantages);
}
