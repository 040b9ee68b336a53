namespace Agents.Learning;

/// <summary>A training objective as a pure function of token statistics: no model, no state, testable by finite differences.</summary>
public interface ITokenLoss
{
    /// <summary>Gets the stable id used in recipes and logs, for example <c>cross-entropy</c>.</summary>
    string Id { get; }

    /// <summary>Gets a line with every setting that shapes the result; it becomes part of a checkpoint's identity. Default the id, for objectives without settings.</summary>
    string Settings => Id;

    /// <summary>
    /// Gets whether the result depends on <see cref="LossContext.TokenWeight"/>, which is known only when a whole step is sampled. Default true, which is always right;
    /// objectives that say false let gradients be computed while the rest of a step is still sampled.
    /// </summary>
    bool ReadsTokenWeight => true;

    /// <summary>Gets whether tokens of advantage 0 have no gradient, so that their forward and backward pass can be left out. Default false, which is always right.</summary>
    bool IsZeroWithoutAdvantage => false;

    /// <summary>Computes this micro-batch's share of the loss and its gradient.</summary>
    /// <param name="inputs">Statistics and weights.</param>
    /// <param name="context">Global counts.</param>
    /// <param name="gradients">Receives the derivatives; zeroed beforehand.</param>
    /// <returns>The share of the loss; shares of all micro-batches add up to the loss of the step.</returns>
    double Evaluate(in TokenLossInputs inputs, in LossContext context, in TokenLossGradients gradients);
}
