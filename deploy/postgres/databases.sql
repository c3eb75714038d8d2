-- One database per service that needs one; run by the image at its first start.
create database orders;
create database delivery;
