namespace Agents.Evaluation.Tasks;

/// <summary>The small shared vocabulary of all families: short lower-case words that a 512-token vocabulary spells cheaply.</summary>
internal static class TaskWords
{
    public static readonly string[] Names = ["ann", "bob", "dan", "eva", "gus", "ida", "jon", "kim", "leo", "mia", "ned", "pam", "ray", "sue", "tom", "zoe"];

    public static readonly string[] Objects = ["figs", "nuts", "pens", "cups", "hats", "eggs", "keys", "toys", "coins", "books", "cards", "beads", "rocks", "cakes", "balls", "shells"];

    public static readonly string[] Pets = ["cat", "dog", "owl", "fox", "hen", "pig", "cow", "bee"];

    public static readonly string[] Hues = ["red", "blue", "green", "pink", "gray", "black", "white", "gold"];

    public static readonly string[] Cities = ["rome", "oslo", "paris", "cairo", "lima", "delhi", "tokyo", "bern"];

    public static readonly string[] Foods = ["rice", "soup", "corn", "cake", "fish", "bread", "pasta", "pie"];
}
