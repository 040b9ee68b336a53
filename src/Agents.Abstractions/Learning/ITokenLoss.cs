namespace Agents.Learning;

/// <summary>A training objective as a pure function of token statistics: no model, no state, testable by finite differences.</summary>
public interface ITokenLoss
{
    /// <summary>Gets the stable id used in recipes and logs, for example <c>cross-entropy</c>.</summary>
    string Id { get; }

    /// <summary>Computes this micro-batch's share of the loss and its gradient.</summary>
    /// <param name="inputs">Statistics and weights.</param>
    /// <param name="context">Global counts.</param>
    /// <param name="gradients">Receives the derivatives; zeroed beforehand.</param>
    /// <returns>The share of the loss; shares of all micro-batches add up to the loss of the step.</returns>
    double Evaluate(in TokenLossInputs inputs, in LossContext context, in TokenLossGradients gradients);
}
