namespace Agents.Plugins.Malt.Data;

/// <summary>What a role read: the question; for the verifier also a solution; for the refiner also a critique.</summary>
/// <param name="QuestionId">Stable id of the question.</param>
/// <param name="Question">The question.</param>
/// <param name="Solution">The generator's text; empty for the generator itself.</param>
/// <param name="Critique">The verifier's text; empty for the other roles' examples.</param>
public sealed record RoleContext(string QuestionId, string Question, string Solution = "", string Critique = "");
