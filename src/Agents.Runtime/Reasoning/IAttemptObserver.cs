namespace Agents.Runtime.Reasoning;

/// <summary>
/// Hears about the attempts of one remote call. The engine puts one into <c>ChatOptions.AdditionalProperties</c> under <see cref="OptionName"/>,
/// so that a resilient client charges its retries to the request and shows them in the trace.
/// </summary>
public interface IAttemptObserver
{
    /// <summary>Key of the observer in <c>ChatOptions.AdditionalProperties</c>.</summary>
    const string OptionName = "agents.attempts";

    /// <summary>Called before an attempt starts.</summary>
    /// <param name="attempt">Number of the attempt, from 0.</param>
    /// <exception cref="Agents.Budgets.BudgetExceededException">The budget allows no further attempt.</exception>
    void Starting(int attempt);

    /// <summary>Called when an attempt failed and another may follow.</summary>
    /// <param name="attempt">Number of the attempt, from 0.</param>
    /// <param name="error">Why it failed.</param>
    void Failed(int attempt, Exception error);

    /// <summary>Called when an attempt succeeded.</summary>
    /// <param name="attempt">Number of the attempt, from 0.</param>
    void Succeeded(int attempt);
}
