namespace Agents.Evaluation.Tasks.Listing;

/// <summary>The categories. Part of the data format: models learn members and their ranks.</summary>
public static class ListingCategories
{
    /// <summary>Gets all categories in a fixed order, 24 members each.</summary>
    public static IReadOnlyList<ListingCategory> All { get; } =
    [
        Of("fruit", "apple banana pear plum grape lemon mango peach cherry lime melon fig kiwi date papaya orange berry olive guava quince apricot lychee coconut nectarine"),
        Of("animal", "dog cat horse cow pig lion bear fox wolf deer sheep goat tiger mouse rabbit camel zebra otter badger monkey donkey panda moose lynx"),
        Of("color", "red blue green white black yellow brown gray pink purple orange gold silver violet teal beige cyan coral navy olive amber ivory maroon ruby"),
        Of("country", "france spain italy china japan india brazil egypt kenya peru chile canada mexico norway sweden poland greece turkey iran nepal cuba ghana mali laos"),
        Of("tool", "hammer saw drill knife axe rake file pliers chisel wrench spade ladder level clamp plane brush nail screw tape vise shovel mallet anvil torch"),
        Of("bird", "robin crow eagle owl duck swan hawk dove gull finch raven stork heron swift wren parrot falcon goose turkey pigeon magpie lark quail condor"),
        Of("job", "teacher doctor nurse cook driver farmer baker pilot judge clerk miner tailor barber singer actor guard lawyer painter butcher sailor editor plumber dentist porter"),
        Of("food", "bread rice soup pasta cheese salad pizza egg butter cake stew toast bacon honey beans noodle curry yogurt pie jam waffle porridge taco omelet"),
    ];

    private static ListingCategory Of(string name, string members) => new(name, members.Split(' '));
}
