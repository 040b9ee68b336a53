using Agents.Plugins.Malt.Trees;

namespace Agents.Plugins.Malt.Replication;

/// <summary>Some expanded trees, as the run folder keeps them.</summary>
/// <param name="Trees">Trees with judged leaves, not backed up.</param>
internal sealed record TreeChunk(IReadOnlyList<RoleTree> Trees);
