using System.Globalization;

namespace Agents.Plugins.TestTimeImprovement.Replication;

/// <summary>How an adapter is trained: the authors' values are not published.</summary>
/// <param name="Steps">Steps.</param>
/// <param name="Rate">Learning rate.</param>
internal sealed record UpdateRecipe(int Steps, double Rate)
{
    /// <summary>Gets what is tried on the validation split. Ties go to the first: the specification's suggestion, then what changes more.</summary>
    public static IReadOnlyList<UpdateRecipe> Grid { get; } = [new(5, 1e-3), new(10, 1e-3), new(3, 1e-3), new(10, 3e-4), new(5, 3e-4), new(3, 3e-4)];

    /// <summary>Gets the name in reports.</summary>
    public string Name => string.Create(CultureInfo.InvariantCulture, $"{Steps} steps at {Rate:G2}");

    /// <summary>Gets the settings of the strategy, without those of an arm.</summary>
    public string Json => string.Create(CultureInfo.InvariantCulture, $"\"steps\":{Steps},\"learningRate\":{Rate:R},\"attempts\":{ImprovementPlan.Attempts}");
}
