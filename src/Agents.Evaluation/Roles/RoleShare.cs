using Agents.Evaluation.Tasks;

namespace Agents.Evaluation.Roles;

/// <summary>One part of a mixture of training examples.</summary>
/// <param name="Family">Where items come from.</param>
/// <param name="Writer">What is written about them.</param>
/// <param name="Weight">Relative frequency, positive.</param>
public sealed record RoleShare(ITaskFamily Family, IRoleWriter Writer, double Weight);
