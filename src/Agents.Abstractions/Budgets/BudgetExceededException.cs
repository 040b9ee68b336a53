namespace Agents.Budgets;

/// <summary>A hard limit does not allow a further model call. The engine turns it into a result with <see cref="StoppedBecause"/>; strategies let it pass.</summary>
public class BudgetExceededException : AgentsException
{
    /// <summary>Creates an error without details. Prefer the overload with a reason.</summary>
    public BudgetExceededException()
    {
    }

    /// <summary>Creates an error.</summary>
    /// <param name="message">Which limit, how much was used, how to raise it.</param>
    public BudgetExceededException(string message)
        : base(message)
    {
    }

    /// <summary>Creates an error with its cause.</summary>
    /// <param name="message">Which limit, how much was used, how to raise it.</param>
    /// <param name="innerException">The error that led to this one.</param>
    public BudgetExceededException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Creates an error for one limit.</summary>
    /// <param name="reason">Which limit was reached.</param>
    /// <param name="message">Which limit, how much was used, how to raise it.</param>
    public BudgetExceededException(StoppedBecause reason, string message)
        : base(message)
    {
        Reason = reason;
    }

    /// <summary>Gets which limit was reached.</summary>
    public StoppedBecause Reason { get; }
}
