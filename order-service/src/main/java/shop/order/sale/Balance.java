package shop.order.sale;

/**
 * Where a sale's units are.
 *
 * @param left units that no live order holds
 * @param returned units that went back to the product
 * @param ordered live orders, each with one unit
 * @param refused tickets that became no order
 * @param balanced whether every unit of the allotment is accounted for, once
 */
record Balance(int allotment, int left, int returned, int ordered, int refused, long version, boolean balanced) {

    static Balance of(int allotment, int left, int returned, int ordered, int refused, long version) {
        return new Balance(
                allotment, left, returned, ordered, refused, version, left + returned + ordered == allotment);
    }
}
