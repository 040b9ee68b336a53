namespace Agents.Cli.Documents;

/// <summary>A feature of a plugin.</summary>
/// <param name="Kind">Extension point, for example reasoning-strategy.</param>
/// <param name="Id">Id to use in options.</param>
/// <param name="Summary">One sentence.</param>
internal sealed record FeatureItem(string Kind, string Id, string Summary);
