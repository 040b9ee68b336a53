namespace Agents.Budgets;

/// <summary>Why a request ended.</summary>
public enum StoppedBecause
{
    /// <summary>The strategy finished.</summary>
    Completed = 0,

    /// <summary>The token limit was reached.</summary>
    Tokens = 1,

    /// <summary>The limit of model calls was reached.</summary>
    Calls = 2,

    /// <summary>The time limit was reached.</summary>
    Duration = 3,

    /// <summary>The cost limit was reached.</summary>
    Cost = 4,

    /// <summary>The caller cancelled.</summary>
    Cancelled = 5,
}
