namespace Agents.Replication;

/// <summary>Which role conversations are written, always from the training split.</summary>
/// <param name="Role">Role, for example <c>aggregate</c>.</param>
/// <param name="Family">Id of the task family.</param>
/// <param name="Count">How many.</param>
/// <param name="Seed">Seed.</param>
public sealed record RoleQuery(string Role, string Family, int Count, ulong Seed)
{
    /// <summary>Gets whether targets are right throughout; by default they have the noise of the embedded model's recipe.</summary>
    public bool CleanTargets { get; init; }
}
