package shop.order.sale;

/** Why a ticket became no order: part of the published language, as text. */
enum Refusal {
    SOLD_OUT,
    /** The buyer has a live order of this sale. */
    ALREADY_BOUGHT,
    SALE_CLOSED,
    UNKNOWN_SALE,
    UNKNOWN_BUYER,
    /** It failed whenever it was tried, and is parked. */
    UNPROCESSABLE
}
