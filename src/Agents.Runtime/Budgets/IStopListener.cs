using Agents.Budgets;

namespace Agents.Runtime.Budgets;

/// <summary>Hears that a budget was stopped: one object that is there anyway, instead of a registration for each request.</summary>
internal interface IStopListener
{
    /// <summary>Called once, by whoever stopped it.</summary>
    /// <param name="reason">Why.</param>
    void Stopped(StoppedBecause reason);
}
