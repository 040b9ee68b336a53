using Agents.Plugins.Malt.Pipeline;

namespace Agents.Plugins.Malt.Data;

/// <summary>Two texts of one role below one parent, for preference training.</summary>
/// <param name="Role">The role.</param>
/// <param name="Context">What both read.</param>
/// <param name="Chosen">The better text.</param>
/// <param name="Rejected">The worse text.</param>
/// <param name="ChosenValue">Value of the better text.</param>
/// <param name="RejectedValue">Value of the worse text.</param>
public sealed record RolePair(MaltRole Role, RoleContext Context, string Chosen, string Rejected, double ChosenValue, double RejectedValue);
