namespace Agents.Models;

/// <summary>An adapter in a weighted mixture: the layer output gains weight · scale · B·A·x.</summary>
/// <param name="Id">Id under which the adapter was loaded.</param>
/// <param name="Weight">Weight in the mixture. Default 1.</param>
public sealed record AdapterUse(string Id, double Weight = 1);
